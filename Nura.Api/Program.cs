using Nura.Api;
using Nura.Api.Conversations;
using Nura.Api.Keys;
using Nura.Api.OpenAi;
using Nura.Api.Repositories;
using Nura.Api.Runs;
using Nura.Api.Sessions;
using Nura.Api.Web;

var builder = WebApplication.CreateBuilder(args);
builder.AddDialects();
builder.AddServiceDefaults();
builder.AddNuraApi();

var app = builder.Build();
app.UseRequestIds();
app.MapDefaultEndpoints();
app.UseBodyLimit();
app.UseAuthentication();
app.UseAuthorization();
app.MapOpenApi();
app.MapOpenAi();
app.MapRepositories();
app.MapRuns();
app.MapConversations();
app.MapSession();
app.MapKeys();
app.MapClient();
app.Run();
