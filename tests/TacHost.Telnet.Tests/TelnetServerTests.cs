using System.Net;
using Microsoft.Extensions.Logging;
using TacHost.Services;

namespace TacHost.Telnet.Tests;

public sealed class TelnetServerTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Line_Entered_RunsInTheProcessAndIsLogged()
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        Assert.Contains("42\r\n", await terminal.AskAsync("6 * 7"), StringComparison.Ordinal);
        Assert.Contains("\"test\"", await terminal.AskAsync("application.Name"), StringComparison.Ordinal);
        await terminal.AskAsync("var poem = \"violetæ\";");
        Assert.Contains("\"violetæ!\"", await terminal.AskAsync("poem + \"!\""), StringComparison.Ordinal);
        Assert.Contains($"{Environment.ProcessId}\r\n", await terminal.AskAsync("print(Environment.ProcessId)"), StringComparison.Ordinal);
        Assert.Contains("CS0103", await terminal.AskAsync("nonsense"), StringComparison.Ordinal);
        Assert.Contains("System.InvalidOperationException: bad", await terminal.AskAsync("throw new InvalidOperationException(\"bad\");"), StringComparison.Ordinal);
        Assert.Contains("\"violetæ\"", await terminal.AskAsync("poem"), StringComparison.Ordinal);
        await terminal.TypeAsync("exit\r\n");
        Assert.Contains("Goodbye.", await terminal.SeeAllAsync(), StringComparison.Ordinal);
        foreach (var line in (string[])["6 * 7", "application.Name", "nonsense"])
            Assert.Contains(running.Log.Lines, logged => logged.Text.EndsWith($"runs: {line}", StringComparison.Ordinal));
        Assert.Single(running.Log.Lines, line => line.Text.Contains(Terminal.PasswordIn(running), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Compiler_AfterTheLastSession_HasEnded()
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        Assert.Null(server.Compiler.ProcessId);
        int id;
        using (var first = await Terminal.LogInAsync(server, running))
        {
            Assert.Contains("42\r\n", await first.AskAsync("6 * 7"), StringComparison.Ordinal);
            id = Assert.NotNull(server.Compiler.ProcessId);
            using var second = await Terminal.LogInAsync(server, running);
            Assert.Contains("43\r\n", await second.AskAsync("6 * 7 + 1"), StringComparison.Ordinal);
            Assert.Equal(id, server.Compiler.ProcessId);
            await first.TypeAsync("exit\r\n");
            await first.SeeAllAsync();
            Assert.Contains("44\r\n", await second.AskAsync("6 * 7 + 2"), StringComparison.Ordinal);
            await second.TypeAsync("exit\r\n");
            await second.SeeAllAsync();
        }

        await Until.TrueAsync(() => server.Compiler.ProcessId is null && !Directory.Exists($"/proc/{id}"), "the compiler to end");
    }

    [Fact]
    public async Task Compiler_ThatWasKilled_IsReplacedByOneThatKnowsTheEarlierLines()
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        await terminal.AskAsync("class Box { public int Size = 40; }");
        await terminal.AskAsync("var box = new Box();");
        Assert.Contains("41\r\n", await terminal.AskAsync("box.Size + 1"), StringComparison.Ordinal);
        var id = Assert.NotNull(server.Compiler.ProcessId);
        using (var process = System.Diagnostics.Process.GetProcessById(id))
            process.Kill();
        Assert.Contains("42\r\n", await terminal.AskAsync("new Box().Size + box.Size - 38"), StringComparison.Ordinal);
        Assert.NotEqual(id, server.Compiler.ProcessId);
        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Line_ThatNeverEnds_IsLeftBehindAndTheSessionGoesOn()
    {
        TelnetServer server = new(0) { LineTimeout = TimeSpan.FromMilliseconds(200) };
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        await terminal.AskAsync("1");
        Assert.Contains("did not end within 0.2 s", await terminal.AskAsync("new System.Threading.ManualResetEvent(false).WaitOne()"), StringComparison.Ordinal);
        Assert.Contains(running.Log.Lines, line => line.Text.Contains("abandoned the line", StringComparison.Ordinal));
        Assert.Contains("2\r\n", await terminal.AskAsync("1 + 1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_TooLong_IsCut()
    {
        TelnetServer server = new(0) { LongestOutput = 1000 };
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        var answer = await terminal.AskAsync("for (var i = 0; i < 100000; i++) print(new string('x', 100));");
        Assert.Contains("… cut", answer, StringComparison.Ordinal);
        Assert.InRange(answer.Length, 1000, 1200);
        Assert.Contains("\\x1b[2J", await terminal.AskAsync("print(\"\\u001b[2J\")"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_Wrong_IsRefusedThreeTimesAndLogged()
    {
        TelnetServer server = new(0) { LoginDelay = TimeSpan.FromMilliseconds(1) };
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.ConnectAsync(server);
        for (var i = 0; i < 3; i++)
        {
            await terminal.SeeAsync("password: ");
            await terminal.TypeAsync("guess\r\n");
            Assert.DoesNotContain("guess", await terminal.SeeAsync("Login incorrect."), StringComparison.Ordinal);
        }

        await terminal.SeeAllAsync();
        Assert.Equal(3, running.Log.Lines.Count(line => line.Text.Contains("could not log in", StringComparison.Ordinal) && line.Level == LogLevel.Warning));
        using var right = await Terminal.LogInAsync(server, running);
    }

    [Fact]
    public async Task PasswordFile_Given_LetsItsUsersIn()
    {
        var hash = (await RealClient.RunAsync("openssl", "", "passwd", "-6", "sesame")).Trim();
        await File.WriteAllTextAsync(_files["users"], $"ali:{hash}\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(_files["users"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        TelnetServer server = new(0, new PasswordFile(_files["users"])) { LoginDelay = TimeSpan.FromMilliseconds(1) };
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.ConnectAsync(server);
        foreach (var (name, password, answer) in new[] { ("ali", "wrong", "incorrect"), ("baba", "sesame", "incorrect"), ("ali", "sesame", "> ") })
        {
            await terminal.SeeAsync("login: ");
            await terminal.TypeAsync(name + "\r\n");
            await terminal.SeeAsync("password: ");
            await terminal.TypeAsync(password + "\r\n");
            await terminal.SeeAsync(answer);
        }

        Assert.DoesNotContain(running.Log.Lines, line => line.Text.Contains("generated the password", StringComparison.Ordinal));
        Assert.Contains(running.Log.Lines, line => line.Text.Contains("has logged in as 'ali'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sessions_BeyondTheLimit_AreRefused()
    {
        TelnetServer server = new(0, maxSessions: 1);
        await using var running = await RunningService.StartAsync(server);
        using var first = await Terminal.LogInAsync(server, running);
        using (var second = await Terminal.ConnectAsync(server))
        {
            await second.SeeAsync("password: ");
            await second.TypeAsync(Terminal.PasswordIn(running) + "\r\n");
            Assert.Contains("Too many sessions.", await second.SeeAllAsync(), StringComparison.Ordinal);
        }

        await first.TypeAsync("exit\r\n");
        await first.SeeAllAsync();
        using var third = await Terminal.LogInAsync(server, running);
    }

    [Fact]
    public async Task Connections_ThatNeverLogIn_LockNobodyOut()
    {
        TelnetServer server = new(0, maxSessions: 1);
        await using var running = await RunningService.StartAsync(server);
        List<Terminal> silent = [];
        try
        {
            for (var i = 0; i < 100; i++)
            {
                silent.Add(await Terminal.ConnectAsync(server));
                await silent[^1].SeeAsync("password: ");
            }

            await silent[0].SeeAllAsync();
            using var administrator = await Terminal.LogInAsync(server, running);
            Assert.Contains("42\r\n", await administrator.AskAsync("6 * 7"), StringComparison.Ordinal);
        }
        finally
        {
            silent.ForEach(each => each.Dispose());
        }
    }

    [Fact]
    public async Task Connections_OfOneAddressThatNeverLogIn_DoNotSendAwayAnother()
    {
        TelnetServer server = new(0, iface: "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var administrator = await Terminal.ConnectAsync(server, "127.0.0.2");
        await administrator.SeeAsync("password: ");
        List<Terminal> silent = [];
        try
        {
            for (var i = 0; i < 50; i++)
            {
                silent.Add(await Terminal.ConnectAsync(server));
                await silent[^1].SeeAsync("password: ");
            }

            await silent[0].SeeAllAsync();
            await administrator.TypeAsync(Terminal.PasswordIn(running) + "\r\n");
            await administrator.SeeAsync("> ");
        }
        finally
        {
            silent.ForEach(each => each.Dispose());
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_SilentClient_IsSentAway(bool loggedIn)
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        using var terminal = loggedIn ? await Terminal.LogInAsync(server, running) : await Terminal.ConnectAsync(server);
        if (!loggedIn)
            await terminal.SeeAsync("password: ");
        var stop = running.StopAsync();
        Assert.Contains("The service is being shut down.", await terminal.SeeAllAsync(), StringComparison.Ordinal);
        terminal.Dispose();
        await stop.Soon();
    }

    [Fact]
    public async Task Session_ThatIsIdle_IsClosed()
    {
        TelnetServer server = new(0, idleTimeout: TimeSpan.FromMilliseconds(300));
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.ConnectAsync(server);
        await terminal.SeeAllAsync();
    }

    [Fact]
    public async Task Interface_OfTheNetwork_IsWarnedOf()
    {
        TelnetServer server = new(0, iface: "");
        await using (var running = await RunningService.StartAsync(server))
            Assert.Contains(running.Log.Lines, line => line.Text.Contains("which other machines can reach", StringComparison.Ordinal));
        TelnetServer local = new(0);
        await using var other = await RunningService.StartAsync(local);
        Assert.DoesNotContain(other.Log.Lines, line => line.Text.Contains("which other machines can reach", StringComparison.Ordinal));
        Assert.All(local.LocalAddresses, endPoint => Assert.True(IPAddress.IsLoopback(endPoint.Address)));
    }

    [Fact]
    [LongSet]
    public async Task Bytes_OfAnyKind_DoNotHarmTheServer()
    {
        // Room for all of them, also where the server has not noticed yet that those before are gone.
        TelnetServer server = new(0, maxSessions: 200) { LoginDelay = TimeSpan.Zero };
        await using var running = await RunningService.StartAsync(server);
        Random random = new(4711);
        for (var i = 0; i < 200; i++)
        {
            using var terminal = await Terminal.ConnectAsync(server);
            var bytes = new byte[random.Next(1, 3000)];
            random.NextBytes(bytes);
            for (var j = 0; j < bytes.Length / 4; j++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(239, 256);
            try
            {
                await terminal.TypeAsync(bytes);
                await terminal.TypeAsync([255, 250, .. new byte[2000]]);
            }
            catch (IOException)
            {
                // It had enough.
            }
        }

        using var sane = await Terminal.LogInAsync(server, running);
        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    [LongSet]
    public async Task Bytes_OfAnyKindAfterTheLogin_DoNotHarmTheSession()
    {
        TelnetServer server = new(0);
        await using var running = await RunningService.StartAsync(server);
        using var terminal = await Terminal.LogInAsync(server, running);
        Random random = new(42);
        var bytes = new byte[20_000];
        random.NextBytes(bytes);
        await terminal.TypeAsync([.. bytes.Where(value => value is not (13 or 10 or 4 or 9 or 3 or 244 or 243))]);
        await terminal.TypeAsync([255, 240, 27, (byte)'x', (byte)'x', 3]);
        await terminal.SeeAsync("^C\r\n> ");
        Assert.Contains("42\r\n", await terminal.AskAsync("6 * 7"), StringComparison.Ordinal);
        Assert.DoesNotContain(running.Log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Terminal_WithTheTelnetClient_EchoesCompletesAndRemembers()
    {
        TelnetServer server = new(0, iface: "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        Assert.SkipUnless(File.Exists("/usr/bin/telnet"), "telnet is not installed");
        var script = $$"""
            set timeout 100
            proc want {text} { expect -ex $text {} timeout { puts "MISSING $text"; exit 3 } eof { puts "EOF before $text"; exit 4 } }
            spawn telnet 127.0.0.1 {{server.LocalAddresses[0].Port}}
            want "password: "
            send "{{Terminal.PasswordIn(running)}}\r"
            want "> "
            send "20 + 22\r"
            want "42"
            want "> "
            send "applica\t"
            want "application"
            send ".Na\t"
            want "Name"
            send "\r"
            want "\"test\""
            want "> "
            send "\033\[A\033\[A"
            want "20 + 22"
            send "\r"
            want "42"
            want "> "
            send "1 + 2\033\[D4\r"
            want "43"
            want "> "
            send "\004"
            want "Goodbye."
            expect eof
            puts "ALL IS WELL"
            """;
        var output = await RealClient.RunAsync("expect", "", "-c", script);
        Assert.Contains("ALL IS WELL", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Terminal.PasswordIn(running), output, StringComparison.Ordinal);
    }
}
