using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>Chromium without a window, and the script of the page that it shows.</summary>
internal sealed class Browser : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly Process _process;
    private int _lastId;

    private Browser(Process process) => _process = process;

    /// <summary>Opens a page.</summary>
    public static async Task<Browser> OpenAsync(Sandbox sandbox, string address)
    {
        Assert.SkipUnless(Program.IsInstalled("chromium"), "chromium is not installed");
        var profile = Directory.CreateDirectory(sandbox.PathOf("browser")).FullName;
        foreach (var variable in new[] { "HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR" })
            sandbox.Environment[variable] = profile;
        Browser browser = new(sandbox.StartProgram(
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--proxy-server=direct://", "--remote-debugging-port=0", $"--user-data-dir={profile}", address));
        var portFile = Path.Combine(profile, "DevToolsActivePort");
        await Until.TrueAsync(() => File.Exists(portFile) && File.ReadAllLines(portFile).Length > 1, "a port of the browser");
        using HttpClient client = new();
        var pages = await client.GetFromJsonAsync<JsonElement>($"http://127.0.0.1:{File.ReadAllLines(portFile)[0]}/json/list", TestContext.Current.CancellationToken);
        var page = pages.EnumerateArray().First(each => each.GetProperty("type").GetString() == "page");
        await browser._socket.ConnectAsync(new Uri(page.GetProperty("webSocketDebuggerUrl").GetString()!), TestContext.Current.CancellationToken);
        return browser;
    }

    /// <summary>Returns the value of an expression, which may be a promise.</summary>
    public async Task<JsonElement> EvaluateAsync(string expression) =>
        await TryEvaluateAsync(expression) ?? throw new InvalidOperationException($"The page was left before it answered: {expression}");

    /// <summary>Waits until a condition of the page holds.</summary>
    public async Task WaitAsync(string condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (await TryEvaluateAsync(condition) is not { ValueKind: JsonValueKind.True })
        {
            if (Stopwatch.GetElapsedTime(began) > Bounded.Patience)
                throw new TimeoutException($"Waited in vain for {condition}. The page is: {await EvaluateAsync("document.documentElement.outerHTML")}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
    }

    /// <summary>Returns null if the browser leaves the page before it answers.</summary>
    private async Task<JsonElement?> TryEvaluateAsync(string expression)
    {
        var id = ++_lastId;
        var request = JsonSerializer.Serialize(new { id, method = "Runtime.evaluate", @params = new { expression, awaitPromise = true, returnByValue = true } });
        await _socket.SendAsync(Encoding.UTF8.GetBytes(request), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        while (true)
        {
            var message = await ReceiveAsync();
            if (!message.TryGetProperty("id", out var answered) || answered.GetInt32() != id)
                continue;
            if (message.TryGetProperty("error", out _))
                return null;
            Assert.False(message.GetProperty("result").TryGetProperty("exceptionDetails", out var failure), failure.ToString());
            return message.GetProperty("result").GetProperty("result").TryGetProperty("value", out var value) ? value : default;
        }
    }

    private async Task<JsonElement> ReceiveAsync()
    {
        using MemoryStream whole = new();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer.AsMemory(), TestContext.Current.CancellationToken).AsTask().WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
            whole.Write(buffer.AsSpan(0, part.Count));
            if (part.EndOfMessage)
                return JsonElement.Parse(whole.ToArray());
        }
    }
}
