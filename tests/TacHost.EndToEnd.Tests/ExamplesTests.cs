using System.Net.Security;
using System.Text;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The deployments in <c>deployments/examples</c>, each started and used.</summary>
public sealed partial class ExamplesTests
{
    /// <summary>The number of lines that each example may have, without comments and empty lines.</summary>
    public static TheoryData<string, int> Lengths => new()
    {
        { "background-service.csx", 12 },
        { "blazor.csx", 15 },
        { "chat.csx", 25 },
        { "echo.cs", 12 },
        { "file-watcher.csx", 25 },
        { "grpc.csx", 30 },
        { "minimal-api.csx", 14 },
        { "GenericHost/Program.cs", 15 },
        { "Greeter/GreeterFactory.cs", 20 },
        { "hello.csx", 10 },
        { "hola.csx", 10 },
        { "postgres.csx", 30 },
        { "redis.csx", 20 },
        { "scheduler.csx", 25 },
        { "serilog.csx", 30 },
        { "signalr.csx", 15 },
        { "sqlite.csx", 40 },
        { "stages.csx", 15 },
        { "web-socket.csx", 25 },
    };

    [Fact]
    public void Examples_InTheFolder_AreAllMeasured() =>
        Assert.Equal(
            Directory.EnumerateFiles(Example.Folder, "*.cs*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is ".cs" or ".csx").Select(path => Path.GetRelativePath(Example.Folder, path)).Order(StringComparer.Ordinal),
            Lengths.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Example_Read_IsShortAndHasLittleGlue(string name, int limit)
    {
        var lines = await LinesOfAsync(name);
        Assert.InRange(lines.Count, 1, limit);
        Assert.InRange(lines.Count(line => Glue().IsMatch(line)), 0, 3);
    }

    /// <summary>The table of docs/frictions.md has the numbers of today.</summary>
    [Fact]
    public async Task Lines_OfThePage_AreThoseOfTheFiles()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Program.Root, "docs", "frictions.md"), TestContext.Current.CancellationToken);
        var rows = Row().Matches(page).Select(row => (row.Groups["name"].Value, row.Groups["lines"].Value, row.Groups["glue"].Value));
        List<(string, string, string)> measured = [];
        foreach (var (name, _) in Lengths.Select(row => row.Data))
        {
            var lines = await LinesOfAsync(name);
            measured.Add((name, $"{lines.Count}", $"{lines.Count(line => Glue().IsMatch(line))}"));
        }

        Assert.Equal(measured.Order(), rows.Order());
    }

    [Fact]
    public async Task Chat_ByTcpAndTls_IsOneRoomAndStopsAtOnce()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "chat.csx"));
        using var plain = await Example.ConnectAsync(sandbox.Port());
        var (reader, writer) = Example.Lines(plain.GetStream());
        Assert.EndsWith("has joined", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        using var other = await Example.ConnectAsync(sandbox.Port(1));
        await using SslStream secured = new(other.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate?.Subject == "CN=localhost");
        await secured.AuthenticateAsClientAsync("localhost").Soon();
        var (securedReader, securedWriter) = Example.Lines(secured);
        Assert.EndsWith("has joined", await securedReader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.EndsWith("has joined", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        await securedWriter.WriteAsync("hello\n");
        Assert.EndsWith(": hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.Contains("Generated a self-signed certificate for localhost (SHA-256 ", sandbox.Log, StringComparison.Ordinal);

        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Null(await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        Assert.DoesNotContain("Still stopping", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("borted", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MinimalApi_BesideATcpServer_AnswersAndLogsIntoTheLog()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "minimal-api.csx"));
        var poem = Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port()));
        Assert.StartsWith(poem[..20], await File.ReadAllTextAsync(Path.Combine(Program.Root, "poetry", "ecstasy.txt"), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        using HttpClient client = new();
        using var answer = System.Text.Json.JsonDocument.Parse(await client.GetStringAsync($"http://127.0.0.1:{sandbox.Port(1)}/poem", TestContext.Current.CancellationToken));
        Assert.Equal(("ecstasy", poem), (answer.RootElement.GetProperty("title").GetString(), answer.RootElement.GetProperty("text").GetString()));

        // One line for an event, by our log, and nothing of a console of its own.
        await sandbox.LoggedAsync("[Microsoft.AspNetCore.Hosting.Diagnostics] Request finished HTTP/1.1 GET");
        Assert.DoesNotContain("[stdout]", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Ctrl+C", sandbox.Log, StringComparison.Ordinal);
        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Single(sandbox.Log.Split('\n'), line => line.Contains("SIGTERM", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MinimalApi_Reloaded_AnswersByTheNewCodeOnTheSamePort()
    {
        await using var sandbox = new Sandbox();
        Directory.CreateSymbolicLink(sandbox.PathOf("poetry"), Path.Combine(Program.Root, "poetry"));
        var tac = Example.Copy(sandbox, "minimal-api.csx");
        await sandbox.StartDaemonAsync(tac);
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{sandbox.Port(1)}") };
        Assert.Contains("ecstasy", await client.GetStringAsync("/poem", TestContext.Current.CancellationToken).Soon(), StringComparison.Ordinal);
        sandbox.Write(tac, (await File.ReadAllTextAsync(sandbox.PathOf(tac), TestContext.Current.CancellationToken)).Replace("\"/poem\"", "\"/verse\"", StringComparison.Ordinal));
        var reload = await sandbox.TachostAsync("reload", sandbox.PidFile);
        Assert.Equal((0, ""), (reload.ExitCode, reload.Error));
        Assert.Contains("~ WebApplicationService", reload.Output, StringComparison.Ordinal);

        // A connection that is kept alive may still reach the old code, while that ends.
        using HttpClient next = new() { BaseAddress = client.BaseAddress };
        Assert.Contains("ecstasy", await next.GetStringAsync("/verse", TestContext.Current.CancellationToken).Soon(), StringComparison.Ordinal);
        using var old = await next.GetAsync("/poem", TestContext.Current.CancellationToken).Soon();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, old.StatusCode);
    }

    [Fact]
    public async Task Echo_AFileBasedProgram_IsADaemonOfTachost()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "echo.cs"));
        using var client = await Example.ConnectAsync(sandbox.Port());
        var (reader, writer) = Example.Lines(client.GetStream());
        await writer.WriteAsync("hello\n");
        Assert.Equal("hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Greeter_InTwoDeployments_IsOneLibrary()
    {
        await using var sandbox = new Sandbox();
        Example.CopyLibrary(sandbox, "Greeter");
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "hello.csx"));
        using var other = sandbox.Start("-n", "--pidfile", "hola.pid", Example.Copy(sandbox, "hola.csx"));
        await Until.SaidAsync(other, "is running");
        Assert.StartsWith("Hello, 127.0.0.1:", Encoding.UTF8.GetString(await sandbox.FetchAsync()), StringComparison.Ordinal);
        Assert.StartsWith("Hola, 127.0.0.1:", Encoding.UTF8.GetString(await sandbox.FetchAsync(Proc.PortOf(other.Id))), StringComparison.Ordinal);
        await sandbox.KillAsync(other.Id);
        await other.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(0, other.ExitCode);
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task BackgroundService_WithAPage_LogsItsLength()
    {
        await using var sandbox = new Sandbox();
        await using HttpPage page = new("a page");
        await sandbox.StartDaemonAsync("--log-level", "info,System.Net.Http=warn", Example.Copy(sandbox, "background-service.csx"), "--page", page.Address);
        await sandbox.LoggedAsync($"{page.Address} has 6 characters");
        Assert.DoesNotContain("[stdout]", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("System.Net.Http", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GenericHost_WithATree_ServesAndStops()
    {
        await using var sandbox = new Sandbox();
        var program = Path.Combine(Program.Root, "artifacts", "bin", "GenericHost", "debug", "GenericHost");
        using var process = sandbox.StartProgram(program, "--Endpoint", "tcp:0:interface=127.0.0.1");
        var line = await Sandbox.PrintedAsync(process, "      ProtocolFactory starting on 127.0.0.1:");
        using var client = await Example.ConnectAsync(int.Parse(line[(line.LastIndexOf(':') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        var (reader, writer) = Example.Lines(client.GetStream());
        await writer.WriteAsync("hello\n");
        Assert.Equal("hello", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon());
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(0, process.ExitCode);
    }

    [Fact]
    public async Task FileWatcher_WithANewFile_LogsIt()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "file-watcher.csx"));
        await File.WriteAllTextAsync(Path.Combine(sandbox.PathOf("inbox"), "letter"), "dear", TestContext.Current.CancellationToken);
        await sandbox.LoggedAsync("received letter");
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Stages_WithFileEnvironmentAndCommandLine_TakesEachInItsTurn()
    {
        await using var sandbox = new Sandbox();
        var tac = Example.Copy(sandbox, "stages.csx");
        sandbox.Write("stages.values.json", "{ \"port\": 0, \"greeting\": \"from the file\" }");
        await ExpectAsync("from the file", 0);
        sandbox.Environment["TACHOST_SET_GREETING"] = "from the environment";
        await ExpectAsync("from the environment", 1);
        await ExpectAsync("from the command line", 2, "--greeting", "from the command line");

        async Task ExpectAsync(string greeting, int start, params string[] arguments)
        {
            await sandbox.StartDaemonAsync([tac, .. arguments]);
            Assert.Equal(greeting + "\r\n", Encoding.UTF8.GetString(await sandbox.FetchAsync(sandbox.Port(start))));
            await Example.StopAsync(sandbox);
        }
    }

    /// <summary>Returns the lines without comments and empty ones.</summary>
    private static async Task<List<string>> LinesOfAsync(string name) =>
        [.. (await File.ReadAllLinesAsync(Path.Combine(Example.Folder, name), TestContext.Current.CancellationToken)).Select(line => line.Trim()).Where(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal))];

    [GeneratedRegex(@"^\| `(?<name>[A-Za-z/-]+\.csx?)` \| (?<lines>\d+) \| (?<glue>\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();

    /// <summary>The lines that are there only because another library runs in the tree, or the tree in another library.</summary>
    [GeneratedRegex("^(#:package|using) TacHost\\.|WebApplicationService|HostedServices|AddTacHost|LoggerProviders|LoggerFactory =|application\\.RunAsync")]
    private static partial Regex Glue();
}
