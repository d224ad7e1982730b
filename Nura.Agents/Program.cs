using Nura.Agents;
using Nura.Agents.Runs;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNuraAgents();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapAgents();
app.Run();
