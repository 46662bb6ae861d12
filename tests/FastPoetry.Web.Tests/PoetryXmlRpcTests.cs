using System.Net;
using System.Text;
using System.Xml.Linq;

namespace FastPoetry.Web.Tests;

public sealed class PoetryXmlRpcTests
{
    private const string Poem = "One\r\nTwo <&> ]]> \u2003æ\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("<methodName>getPoem</methodName>", Poem)]
    [InlineData("<methodName>getPoem</methodName><params/>", Poem)]
    [InlineData("<methodName>getPoem</methodName><params><param><value><string>second</string></value></param></params>", "two")]
    [InlineData("<methodName>getPoem</methodName><params><param><value>second</value></param></params>", "two")]
    public async Task AnswerAsync_GetPoem_IsItsText(string call, string expected)
    {
        await using var served = await StartAsync();
        var answer = await CallAsync(served, call);
        Assert.Equal(expected, answer.Root!.Element("params")!.Element("param")!.Element("value")!.Element("string")!.Value);
    }

    [Theory]
    [InlineData("listPoems", "", "poem,second,third")]
    [InlineData("system.listMethods", "", "getPoem,listPoems,system.listMethods,system.methodHelp")]
    [InlineData("system.methodHelp", "<params><param><value>listPoems</value></param></params>", "listPoems() returns the names of all poems as an array of strings.")]
    public async Task AnswerAsync_OtherMethods_TellWhatThereIs(string method, string parameters, string expected)
    {
        await using var served = await StartAsync();
        var answer = await CallAsync(served, $"<methodName>{method}</methodName>{parameters}");
        Assert.Equal(expected, string.Join(',', answer.Descendants("string").Select(each => each.Value)));
    }

    [Theory]
    [InlineData("<methodName>getPoem</methodName><params><param><value>none</value></param></params>", 1, "There is no poem 'none'")]
    [InlineData("<methodName>getPoem</methodName><params><param><value>third</value></param></params>", 2, "The poem 'third' cannot be sent as XML")]
    [InlineData("<methodName>getPoem</methodName><params><param><value><int>1</int></value></param></params>", -32602, "These are not the parameters of 'getPoem'")]
    [InlineData("<methodName>system.methodHelp</methodName><params><param><value>burn</value></param></params>", -32601, "There is no method 'burn'")]
    [InlineData("<methodName>burn</methodName>", -32601, "There is no method 'burn'")]
    [InlineData("<methodName/>", -32600, "This is not an XML-RPC call: the methodName has 0 characters")]
    [InlineData("<methodName>\u0001</methodName>", -32700, "This is not well-formed XML")]
    public async Task AnswerAsync_WhatCannotBe_IsAFault(string call, int code, string reason)
    {
        await using var served = await StartAsync();
        var members = (await CallAsync(served, call)).Root!.Element("fault")!.Descendants("member").ToDictionary(each => each.Element("name")!.Value, each => each.Element("value")!.Value);
        Assert.Equal(code.ToString(System.Globalization.CultureInfo.InvariantCulture), members["faultCode"]);
        Assert.StartsWith(reason, members["faultString"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/elsewhere", "text/xml", 10, HttpStatusCode.NotFound)]
    [InlineData("PUT", "/RPC2", "text/xml", 10, HttpStatusCode.MethodNotAllowed)]
    [InlineData("POST", "/RPC2", "text/plain", 10, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("POST", "/RPC2", "text/xml", PoetryXmlRpc.LongestCall + 1, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData("POST", "/RPC2", "text/xml", PoetryXmlRpc.LongestCall, HttpStatusCode.OK)]
    public async Task AnswerAsync_WhatIsNoCall_HasAStatus(string method, string path, string type, int length, HttpStatusCode expected)
    {
        await using var served = await StartAsync();
        foreach (var chunked in (bool[])[false, true])
        {
            using HttpRequestMessage request = new(new HttpMethod(method), path) { Content = new StringContent(new string(' ', length), Encoding.UTF8, type) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await served.Client.SendAsync(request, Token);
            Assert.Equal(expected, answer.StatusCode);
            if (expected == HttpStatusCode.MethodNotAllowed)
                Assert.Equal("POST", answer.Content.Headers.Allow.Single());
        }
    }

    private static Task<ServedPoems> StartAsync() => ServedPoems.StartAsync(
        poetry => new PoetryXmlRpc(poetry).AnswerAsync,
        ("poem.txt", Encoding.UTF8.GetBytes(Poem)), ("second.txt", "two"u8.ToArray()), ("third.txt", [0xff]));

    private static async Task<XDocument> CallAsync(ServedPoems served, string call)
    {
        using StringContent content = new($"<?xml version='1.0'?>\n<methodCall>{call}</methodCall>", Encoding.UTF8, "text/xml");
        using var answer = await served.Client.PostAsync("/RPC2", content, Token);
        Assert.Equal((HttpStatusCode.OK, "text/xml; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        return XDocument.Parse(await answer.Content.ReadAsStringAsync(Token), LoadOptions.PreserveWhitespace);
    }
}
