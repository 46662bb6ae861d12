using System.Text;
using System.Xml;
using FastPoetry.Services;
using FastPoetry.Web.XmlRpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace FastPoetry.Web;

/// <summary>
/// An XML-RPC handler at <c>/</c> and <c>/RPC2</c> for <c>getPoem(name)</c>,
/// <c>listPoems()</c>, <c>system.listMethods()</c> and <c>system.methodHelp(name)</c>.
/// </summary>
/// <remarks>
/// An invalid or too deeply nested call, an unknown method and an unknown poem are answered with a fault.
/// The codes are those of the Specification for Fault Code Interoperability, and 1 for an unknown poem.
/// </remarks>
/// <param name="poetry">The service with the poems; must be started before the server that uses this handler.</param>
public sealed class PoetryXmlRpc(PoetryService poetry)
{
    /// <summary>The maximum length of a call in bytes. A longer call gets status 413.</summary>
    public const int LongestCall = 64 * 1024;

    private const string SystemListMethods = "system.listMethods";
    private const string SystemMethodHelp = "system.methodHelp";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SortedDictionary<string, string> _help = new(StringComparer.Ordinal)
    {
        ["getPoem"] = "getPoem(name) returns the poem of that name as a string; getPoem() returns the first.",
        ["listPoems"] = "listPoems() returns the names of all poems as an array of strings.",
        [SystemListMethods] = "system.listMethods() returns the names of all methods as an array of strings.",
        [SystemMethodHelp] = "system.methodHelp(name) says what a method does.",
    };

    private static readonly object[] _methods = [.. _help.Keys];

    /// <summary>Answers one request. Thread-safe.</summary>
    public async Task AnswerAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var status = Refusal(context);
        var body = status == 0 ? await ReadAsync(context) : null;
        if (body is null)
        {
            context.Response.StatusCode = status == 0 ? StatusCodes.Status413PayloadTooLarge : status;
            return;
        }

        var answer = Answer(context, body);
        context.Response.ContentType = "text/xml; charset=utf-8";
        context.Response.ContentLength = answer.Length;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>Returns the status code for a request that is not an XML-RPC call by HTTP, or 0.</summary>
    private static int Refusal(HttpContext context)
    {
        if (context.Request.Path.Value is not ("/" or "/RPC2"))
            return StatusCodes.Status404NotFound;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.Headers.Allow = "POST";
            return StatusCodes.Status405MethodNotAllowed;
        }

        var isXml = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var type) && type.MediaType.Value?.ToUpperInvariant() is "TEXT/XML" or "APPLICATION/XML";
        return isXml ? 0 : StatusCodes.Status415UnsupportedMediaType;
    }

    /// <summary>Reads the body. Returns null if it is too long, without reading the rest.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContext context)
    {
        if (context.Request.ContentLength > LongestCall)
            return null;
        var body = new byte[(int)(context.Request.ContentLength ?? LongestCall) + 1];
        var length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        return length > LongestCall ? null : body[..length];
    }

    private byte[] Answer(HttpContext context, byte[] body)
    {
        var method = "something";
        try
        {
            var call = XmlRpcReader.Read(body);
            method = call.Method;
            return XmlRpcWriter.Response(Call(context, call));
        }
        catch (XmlRpcFaultException e)
        {
            PoetryWebLog.CallFailed(PoetryWebLog.LoggerOf(context), PoetryWebLog.PeerOf(context), method, e.Message);
            return XmlRpcWriter.Fault(e);
        }
    }

    private object Call(HttpContext context, XmlRpcCall call)
    {
        switch (call.Method, call.Parameters)
        {
            case ("getPoem", []):
                return Text(context, poetry.Poems[0]);
            case ("getPoem", [string name]):
                return Text(context, poetry.Find(name) ?? throw new XmlRpcFaultException(XmlRpcFaultException.NoSuchPoem, $"There is no poem '{name}'; listPoems() returns the names."));
            case ("listPoems", []):
                return poetry.Poems.Select(object (poem) => poem.Name).ToArray();
            case (SystemListMethods, []):
                return _methods;
            case (SystemMethodHelp, [string method]) when _help.ContainsKey(method):
                return _help[method];
            case (SystemMethodHelp, [string method]):
                throw Unknown(method);
            default:
                throw _help.TryGetValue(call.Method, out var help)
                    ? new XmlRpcFaultException(XmlRpcFaultException.InvalidParameters, $"These are not the parameters of '{call.Method}': {help}")
                    : Unknown(call.Method);
        }
    }

    private static XmlRpcFaultException Unknown(string method) =>
        new(XmlRpcFaultException.NoSuchMethod, $"There is no method '{method}'; system.listMethods() returns the names.");

    private static string Text(HttpContext context, NamedPoem poem)
    {
        try
        {
            var text = XmlConvert.VerifyXmlChars(_strict.GetString(poem.Text.Span));
            PoetryWebLog.Sending(PoetryWebLog.LoggerOf(context), poem.Text.Length, PoetryWebLog.PeerOf(context));
            return text;
        }
        catch (Exception e) when (e is DecoderFallbackException or XmlException)
        {
            throw new XmlRpcFaultException(XmlRpcFaultException.NotText, $"The poem '{poem.Name}' cannot be sent as XML, because it is not UTF-8 text or contains control characters.");
        }
    }
}
