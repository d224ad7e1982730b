using System.Text;
using Nura.Models;

namespace Nura.Tests.Models;

public sealed class EventScanTests
{
    [Theory]
    [InlineData("data: a\n", 0, 0)]
    [InlineData("data: a\n\ndata: b\n\ndata: c", 9, 18)]
    [InlineData("data: a\r\n\r\ndata: b\r\n\r\n", 11, 22)]
    [InlineData("data: a\n\ndata: b\r\n\r\ndata", 9, 20)]
    [InlineData("data: a\r\n\r\ndata: b\n\ndata", 11, 20)]
    public void Ends_LinesOfEitherKind_AreBehindTheBlankLine(string bytes, int first, int last) =>
        Assert.Equal((first, last), (EventScan.FirstEnd(Encoding.UTF8.GetBytes(bytes)), EventScan.LastEnd(Encoding.UTF8.GetBytes(bytes))));

    [Theory]
    [InlineData("data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", true)]
    [InlineData("data: {\"choices\": [{\"delta\": {}, \"finish_reason\" : \"length\"}]}\n\n", true)]
    [InlineData("data: {\"finish_reason\":\"stop\"}\n\ndata: {\"finish_reason\":null}\n\n", true)]
    [InlineData("data: [DONE]\n\n", true)]
    [InlineData("data:[DONE]\r\n\r\n", true)]
    [InlineData("data: {}\n\n: a comment\ndata: [DONE]\n\n", true)]
    [InlineData("data: {\"choices\":[{\"finish_reason\":null}]}\n\n", false)]
    [InlineData("data: {\"choices\":[{\"finish_reason\":\"\"}]}\n\n", false)]
    [InlineData("data: {\"content\":\"[DONE]\"}\n\n", false)]
    [InlineData("data: {\"content\":\"it ends so:\\n\\ndata: [DONE]\\n\\n\"}\n\n", false)]
    [InlineData("data: {\"content\":\"\\\"finish_reason\\\":\\\"stop\\\"\"}\n\n", false)]
    [InlineData("data: {\"content\":\"a \\\"finish_reason\"}\n\n", false)]
    public void IsEnd_Events_KnowsFieldsAndLinesFromWords(string events, bool isEnd) => Assert.Equal(isEnd, EventScan.IsEnd(Encoding.UTF8.GetBytes(events)));

    [Theory]
    [InlineData("data: {\"error\":{\"message\":\"no memory\",\"code\":500}}\n\ndata: [DONE]\n\n", "{\"message\":\"no memory\",\"code\":500}")]
    [InlineData("data: {\"content\":\"one\"}\r\n\r\ndata:{ \"error\" : \"no memory\" }\r\n\r\n", "\"no memory\"")]
    [InlineData("data: {\"choices\":[{\"delta\":{\"content\":\"\"},\"finish_reason\":\"error\"}],\"error\":{}}\n\n", "{}")]
    [InlineData("data: {\"error\":null,\"choices\":[]}\n\n", null)]
    [InlineData("data: {\"content\":\"error\"}\n\n", null)]
    [InlineData("data: {\"content\":\"{\\\"error\\\":{}}\"}\n\n", null)]
    [InlineData("data: {\"choices\":[{\"delta\":{\"error\":{}}}]}\n\n", null)]
    [InlineData("data: {\"error\":{\n\n", null)]
    public void Error_Events_IsThatOfTheEventItself(string events, string? error) => Assert.Equal(error, EventScan.Error(Encoding.UTF8.GetBytes(events))?.GetRawText());

    [Theory]
    [InlineData("{\"choices\":[],\"usage\":{}}", true)]
    [InlineData("{\"choices\" : [ ], \"usage\": {}}", true)]
    [InlineData("{\"choices\":[{\"index\":0}],\"usage\":{}}", false)]
    [InlineData("{\"usage\":{}}", false)]
    public void HasNoChoices_Chunk_IsEmptyList(string chunk, bool hasNone) => Assert.Equal(hasNone, EventScan.HasNoChoices(Encoding.UTF8.GetBytes(chunk)));
}
