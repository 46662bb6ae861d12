using System.Text;
using Microsoft.Extensions.Logging;
using TacHost.Services;

namespace TacHost.Telnet.Tests;

/// <summary>Clients that mean harm: nothing breaks, nothing grows, and others are served meanwhile.</summary>
[Collection<AloneCollection>]
public sealed class TelnetFuzzTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    /// <param name="keys">Ctrl-L, which shows the whole line; Ctrl-A, a letter and Backspace, which show it twice; the question whether anybody is there.</param>
    [Theory]
    [LongSet]
    [InlineData("\u000c")]
    [InlineData("\u0001x\u007f")]
    [InlineData("\u00ff\u00f6")]
    public async Task Keys_ThatShowMuch_ToAClientThatReadsNothing_DoNotFillTheMemory(string keys)
    {
        TelnetServer server = new(0, await UsersAsync());
        await using var running = await RunningService.StartAsync(server);
        using var greedy = await Terminal.ConnectAsync(server);
        await greedy.SeeAsync("login: ");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        // What comes while the server takes its time for a wrong password is there all at once when it goes on.
        await greedy.TypeAsync("nobody\r\nwrong\r\n" + new string('x', 4000));
        var typing = greedy.TypeAsync(Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(keys, 2_000_000 / keys.Length))));
        await greedy.SeeAsync("Login incorrect.");
        var most = 0L;
        using (var other = await Terminal.ConnectAsync(server))
        {
            await other.SeeAsync("login: ");
            for (var i = 0; i < 3000; i++)
            {
                await other.TypeAsync("me" + (char)21);
                await other.SeeAsync("me");
                if (i % 300 == 0)
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        Assert.InRange(most, 0, 30_000_000);
        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
        greedy.Dispose();
        try
        {
            await typing;
        }
        catch (IOException)
        {
            // It was not read to its end.
        }
    }

    /// <summary>Such as one of 4,000 opening brackets, with which the compiler is busy for minutes.</summary>
    [Fact]
    [LongSet]
    public async Task Line_ThatKeepsTheCompilerBusy_IsLeftBehindAndForgottenAtItsEnd()
    {
        TelnetServer server = new(0) { CompileLimit = TimeSpan.FromMilliseconds(1) };
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        for (var i = 0; i < 9; i++)
        {
            Assert.Contains("The compiler did not finish within 0.001 s.", await terminal.AskAsync(new string('(', 1000)), StringComparison.Ordinal);
            await Until.TrueAsync(() => server.LinesGoingOn == 0, "the compiler to come to an end");
        }

        Assert.Equal(9, running.Log.Lines.Count(line => line.Text.Contains("abandoned the line", StringComparison.Ordinal)));
    }

    [Fact]
    [LongSet]
    public async Task Lines_OfAnyKind_AreAnsweredAndOthersAreServed()
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        using var wild = await Terminal.LogInAsync(server, running);
        using var other = await Terminal.LogInAsync(server, running);
        Random random = new(23);
        List<string> lines =
        [
            new string('(', 400), new string('{', 4000), new string('-', 4000) + "1", new string('<', 4000), new string('"', 4000), "1" + string.Concat(Enumerable.Repeat("+1", 2000)), string.Concat(Enumerable.Repeat("new{a=", 600)),
            string.Concat(Enumerable.Repeat("if(true)", 500)) + ";", "$\"" + string.Concat(Enumerable.Repeat("{$\"", 100)), "#r \"/etc/passwd\"", "#load \"/etc/passwd\"", "#error", "#!", "/*", "return", "await null", "class A : A {}", "\\u0000", "ñ\u202e",
        ];
        for (var i = 0; i < 60; i++)
            lines.Add(string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => (char)random.Next(33, 127))));
        foreach (var line in lines)
        {
            await wild.TypeAsync("\r\n");
            await wild.SeeAsync("> ");
            await wild.TypeAsync($"{line}\r\nprint(\"he\" + \"ard\")\r\n");
            await wild.SeeAsync("heard\r\n> ");
        }

        Assert.Contains("42\r\n", await other.AskAsync("6 * 7"), StringComparison.Ordinal);
        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    private async Task<PasswordFile> UsersAsync()
    {
        await File.WriteAllTextAsync(_files["users"], "bob:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n", Encoding.ASCII, TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_files["users"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new PasswordFile(_files["users"]);
    }
}
