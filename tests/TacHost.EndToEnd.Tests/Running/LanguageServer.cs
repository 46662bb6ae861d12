using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace TacHost.EndToEnd.Tests.Running;

/// <summary>A language server that edits the files of a sandbox, as an editor would: requests and answers of the Language Server Protocol.</summary>
internal sealed class LanguageServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _directory;
    private int _requests;

    private LanguageServer(Process process, string directory) => (_process, _directory) = (process, directory);

    /// <summary>Starts csharp-ls, and waits until it has loaded the solution of a directory.</summary>
    public static async Task<LanguageServer> StartAsync(string program, string directory)
    {
        ProcessStartInfo start = new(program) { WorkingDirectory = directory, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };

        // What NuGet leaves behind goes with the test.
        start.Environment["TMPDIR"] = directory;
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        LanguageServer server = new(process, directory);
        try
        {
            JsonObject capabilities = new() { ["textDocument"] = new JsonObject { ["diagnostic"] = new JsonObject() } };
            await server.AskAsync("initialize", new JsonObject { ["rootUri"] = server.UriOf(""), ["capabilities"] = capabilities });
            await server.SendAsync(new JsonObject { ["method"] = "initialized", ["params"] = new JsonObject() });
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a file with a text, and returns its errors and warnings, each with its line.</summary>
    public async Task<IReadOnlyList<string>> OpenAsync(string file, string text)
    {
        JsonObject document = new() { ["uri"] = UriOf(file), ["languageId"] = "csharp", ["version"] = 1, ["text"] = text };
        await SendAsync(new JsonObject { ["method"] = "textDocument/didOpen", ["params"] = new JsonObject { ["textDocument"] = document } });
        var report = await AskAsync("textDocument/diagnostic", new JsonObject { ["textDocument"] = new JsonObject { ["uri"] = UriOf(file) } });
        return [.. report!["items"]!.AsArray().Where(each => each!["severity"]!.GetValue<int>() < 3).Select(each => string.Create(CultureInfo.InvariantCulture, $"{file}:{each!["range"]!["start"]!["line"]!.GetValue<int>() + 1}: {each["code"]}: {each["message"]}"))];
    }

    /// <summary>Returns the text that an editor shows about the word at the first place where it occurs.</summary>
    public async Task<string> HoverAsync(string file, string text, string word)
    {
        var hover = await AskAsync("textDocument/hover", At(file, text[..text.IndexOf(word, StringComparison.Ordinal)]));
        return hover?["contents"]?.ToJsonString() ?? "";
    }

    /// <summary>Returns the words that an editor offers at the first place after a text.</summary>
    public async Task<IReadOnlyList<string>> CompletionAsync(string file, string text, string after)
    {
        var found = await AskAsync("textDocument/completion", At(file, text[..(text.IndexOf(after, StringComparison.Ordinal) + after.Length)]));
        return [.. (found is JsonArray list ? list : found!["items"]!.AsArray()).Select(each => each!["label"]!.GetValue<string>())];
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None).Soon();
        _process.Dispose();
    }

    private JsonObject At(string file, string before) => new()
    {
        ["textDocument"] = new JsonObject { ["uri"] = UriOf(file) },
        ["position"] = new JsonObject { ["line"] = before.Count(each => each == '\n'), ["character"] = before.Length - before.LastIndexOf('\n') - 1 },
    };

    private string UriOf(string file) => new Uri(Path.Combine(_directory, file)).AbsoluteUri;

    private async Task<JsonNode?> AskAsync(string method, JsonObject parameters)
    {
        var id = ++_requests;
        await SendAsync(new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters });
        while (true)
        {
            var message = await ReadAsync().Soon();
            if (message["method"] is null && message["id"]?.GetValue<int>() == id)
                return message["error"] is { } error ? throw new InvalidOperationException($"{method}: {error.ToJsonString()}") : message["result"];

            // The server asks for settings of an editor, of which there are none.
            if (message["method"] is not null && message["id"] is { } asked)
                await SendAsync(new JsonObject { ["id"] = asked.DeepClone(), ["result"] = null });
        }
    }

    private async Task SendAsync(JsonObject message)
    {
        message["jsonrpc"] = "2.0";
        var body = Encoding.UTF8.GetBytes(message.ToJsonString());
        var stream = _process.StandardInput.BaseStream;
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")), TestContext.Current.CancellationToken);
        await stream.WriteAsync(body, TestContext.Current.CancellationToken);
        await stream.FlushAsync(TestContext.Current.CancellationToken);
    }

    private async Task<JsonNode> ReadAsync()
    {
        const string lengthHeader = "Content-Length:";
        var stream = _process.StandardOutput.BaseStream;
        var length = 0;
        while (await HeaderAsync(stream) is { Length: > 0 } header)
        {
            if (header.StartsWith(lengthHeader, StringComparison.OrdinalIgnoreCase))
                length = int.Parse(header.AsSpan(lengthHeader.Length), CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await stream.ReadExactlyAsync(body, TestContext.Current.CancellationToken);
        return JsonNode.Parse(body)!;
    }

    private static async Task<string> HeaderAsync(Stream stream)
    {
        StringBuilder line = new();
        var next = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(next, TestContext.Current.CancellationToken);
            if (next[0] == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append((char)next[0]);
        }
    }
}
