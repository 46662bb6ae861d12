using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests.Dashboard;

/// <summary>A running dashboard, and the clients that ask it.</summary>
/// <param name="shared">The sandbox to start it in, or null for one of its own.</param>
internal sealed partial class DashboardSandbox(Sandbox? shared = null) : IAsyncDisposable
{
    public Sandbox Sandbox { get; } = shared ?? new();

    /// <summary>Gets the address of the page.</summary>
    public string Address { get; private set; } = "";

    public string Log => File.ReadAllText(Sandbox.PathOf("dashboard.log"));

    /// <summary>Starts the dashboard on a port of this machine.</summary>
    public async Task StartAsync(params IEnumerable<string> options)
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        var outcome = await Sandbox.TachostAsync(["--pidfile", "dashboard.pid", "--logfile", "dashboard.log", "dashboard", "--listen", "tcp:0:interface=127.0.0.1", .. options]);
        Assert.Equal((0, "", ""), (outcome.ExitCode, outcome.Output, outcome.Error));
        await Until.TrueAsync(() => StartingOn().IsMatch(Log), "an address in the log of the dashboard");
        Address = $"http://{StartingOn().Match(Log).Groups["address"].Value}";
    }

    /// <summary>Starts an application that serves a poem.</summary>
    /// <returns>The address of its page, which begins with a slash.</returns>
    public async Task<string> StartPoetryAsync(string extra = "") =>
        PageOf(await Sandbox.StartDaemonAsync(Sandbox.WriteTac(extra: extra)), "fastpoetry");

    public static string PageOf(int process, string application) => string.Create(CultureInfo.InvariantCulture, $"/application?process={process}&application={application}");

    /// <summary>Returns the answer to a request, with its status in a last line.</summary>
    public async Task<string> CurlAsync(string path, params IEnumerable<string> options) =>
        (await Sandbox.RunAsync("curl", ["-s", "--max-time", "60", "-w", "\n%{http_code}", .. options, $"{Address}{path}"])).Output;

    /// <summary>Reads server-sent events until one contains a text.</summary>
    /// <returns>All that came until then.</returns>
    public async Task<string> EventsAsync(string path, string text, Func<Task>? whenOpen = null)
    {
        var curl = Sandbox.StartProgram("curl", "-sN", $"{Address}{path}");
        await Sandbox.PrintedAsync(curl, "retry:");
        if (whenOpen is not null)
            await whenOpen();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Bounded.Patience);
        List<string> all = [];
        while (await curl.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            all.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
                break;
        }

        curl.Kill();
        return string.Join('\n', all);
    }

    public ValueTask DisposeAsync() => shared is null ? Sandbox.DisposeAsync() : ValueTask.CompletedTask;

    [GeneratedRegex(@"starting on (?<address>127\.0\.0\.1:\d+)")]
    private static partial Regex StartingOn();
}
