using Nura.Rag.Citations;
using Nura.Rag.Grep;
using Nura.Rag.Repositories;
using Nura.Rag.Search;
using Nura.Rag.Symbols;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("nura");
builder.AddMigrations("rag");
builder.AddNuraRag();
var app = builder.Build();
app.MapDefaultEndpoints();
app.MapRepositories();
app.MapSearch();
app.MapSymbols();
app.MapGrep();
app.MapCitations();
app.Run();
