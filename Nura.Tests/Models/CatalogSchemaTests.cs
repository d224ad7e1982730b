using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Nura.Models;
using Nura.Tests.House;

namespace Nura.Tests.Models;

public sealed class CatalogSchemaTests
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema beside the catalog says what the reader takes. With NURA_UPDATE_SNAPSHOTS=true it is written anew.</summary>
    [Fact]
    public void Schema_OfTheReader_IsTheOneCommitted()
    {
        var schema = CatalogFile.Json.GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true }).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", "Nura's model catalog");
        var written = schema.ToJsonString(s_indented) + "\n";

        var path = Path.Combine(SourceTree.Root, "Nura.Models", "Catalog", "catalog.schema.json");
        if (Environment.GetEnvironmentVariable("NURA_UPDATE_SNAPSHOTS") == "true")
        {
            File.WriteAllText(path, written);
        }

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(File.ReadAllText(path)), JsonNode.Parse(written)), "Run the test once with NURA_UPDATE_SNAPSHOTS=true and commit the file.");
    }
}
