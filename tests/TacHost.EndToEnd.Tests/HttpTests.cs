using System.Globalization;
using System.Text.RegularExpressions;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>Tacs that serve HTTP, with ASP.NET Core from beside the runtime.</summary>
public sealed partial class HttpTests
{
    private const string Tac = """
        #r "TacHost.Web.dll"
        using Microsoft.AspNetCore.Http;
        using TacHost.Web;

        Task Answer(HttpContext context) => context.Response.WriteAsync($"you asked for {context.Request.Path}");

        var application = new Application("greeter");
        new HttpServer(PORT, Answer, "127.0.0.1").SetServiceParent(application);
        """;

    [Fact]
    public async Task Tac_WithAServer_AnswersInTheForegroundAndFromTheCache()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("web.csx", Tac.Replace("PORT", "0", StringComparison.Ordinal));
        for (var round = 0; round < 2; round++)
        {
            var process = sandbox.Start("--nodaemon", "web.csx");
            var port = StartingOn().Match(await Until.SaidAsync(process, "is running")) is { Success: true } match ? match.Groups["port"].Value : "";
            if (port.Length == 0)
                port = Proc.PortOf(process.Id).ToString(CultureInfo.InvariantCulture);
            Assert.Equal("you asked for /x", await CurlAsync(sandbox, $"http://127.0.0.1:{port}/x"));
            await sandbox.KillAsync(process.Id);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
            Assert.Equal(0, process.ExitCode);
        }
    }

    [Fact]
    public async Task Tac_WithAHostOfItsOwn_HandlesTheSignalOnceAndGivesNoAdvice()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("own.csx", """
            #r "TacHost.Web.dll"
            using Microsoft.AspNetCore.Builder;
            var web = WebApplication.CreateBuilder().Build();
            web.Urls.Add("http://127.0.0.1:0");
            web.MapGet("/", () => "up");
            var application = new Application("own");
            application.AddService(web, "web");
            """);
        var id = await sandbox.StartDaemonAsync("own.csx");
        await sandbox.LoggedAsync("Now listening on: http://127.0.0.1:");
        Assert.Equal("up", await CurlAsync(sandbox, ListeningOn().Match(sandbox.Log).Value));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Single(sandbox.Log.Split('\n'), line => line.Contains("SIGTERM", StringComparison.Ordinal));
        Assert.DoesNotContain("Ctrl+C", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Application started", sandbox.Log, StringComparison.Ordinal);
        Assert.EndsWith("Server Shut Down.\n", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tac_WithAServer_AnswersDetached()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("web.csx", Tac.Replace("PORT", "0", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("web.csx");
        Assert.Equal("you asked for /x", await CurlAsync(sandbox, $"http://127.0.0.1:{sandbox.Port()}/x"));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.Contains("TCP Port", sandbox.Log, StringComparison.Ordinal);
        Assert.Contains("Server Shut Down.", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tac_WithAServerInAnEmptyChroot_AnswersAsNobody()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root may change the root directory");
        await using var sandbox = new Sandbox();
        File.SetUnixFileMode(sandbox.Directory, (UnixFileMode)0b111_111_111);
        Directory.CreateDirectory(sandbox.PathOf("chroot"));
        sandbox.Write("web.csx", Tac.Replace("PORT", "0", StringComparison.Ordinal));
        var id = await sandbox.StartDaemonAsync("--uid", "nobody", "--chroot", sandbox.PathOf("chroot"), "web.csx");
        for (var round = 0; round < 3; round++)
            Assert.Equal("you asked for /x", await CurlAsync(sandbox, $"http://127.0.0.1:{sandbox.Port()}/x"));
        Assert.Equal("65534 65534 65534 65534", Proc.Status(id, "Uid"));
        await sandbox.KillAsync(id);
        await Until.GoneAsync(id);
        Assert.DoesNotContain("xception", sandbox.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tac_WithoutAServer_LoadsNothingOfAspNetCore()
    {
        await using var sandbox = new Sandbox();
        var id = await sandbox.StartDaemonAsync(sandbox.UseSharedTac());
        Assert.DoesNotContain("AspNetCore", await File.ReadAllTextAsync($"/proc/{id}/maps", TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tac_WithAServerWhereAspNetCoreIsMissing_SaysWhatToInstall(bool compiledBefore)
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("web.csx", Tac.Replace("PORT", "0", StringComparison.Ordinal));
        if (compiledBefore)
        {
            var id = await sandbox.StartDaemonAsync("web.csx");
            await sandbox.KillAsync(id);
            await Until.GoneAsync(id);
        }

        var runtime = Path.TrimEndingDirectorySeparator(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        var installed = Path.GetFullPath(Path.Combine(runtime, "..", "..", ".."));
        var bare = Directory.CreateDirectory(sandbox.PathOf("dotnet")).FullName;
        Directory.CreateDirectory(Path.Combine(bare, "shared", "Microsoft.NETCore.App"));
        await sandbox.RunAsync("cp", "-r", Path.Combine(installed, "host"), bare);
        await sandbox.RunAsync("cp", "-r", runtime, Path.Combine(bare, "shared", "Microsoft.NETCore.App"));
        sandbox.Environment["DOTNET_ROOT"] = bare;

        // 'dotnet test' sets this one, which goes before.
        sandbox.Environment[$"DOTNET_ROOT_{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToUpperInvariant()}"] = bare;

        var outcome = await sandbox.TachostAsync("--nodaemon", "web.csx");
        Assert.Equal(69, outcome.ExitCode);
        Assert.Contains("ASP.NET Core 10.0 is not installed", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("aspnetcore-runtime-10.0", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", outcome.Error, StringComparison.Ordinal);
    }

    private static async Task<string> CurlAsync(Sandbox sandbox, string address)
    {
        Assert.SkipUnless(Program.IsInstalled("curl"), "curl is not installed");
        return (await sandbox.RunAsync("curl", "-s", "--max-time", "60", address)).Output;
    }

    [GeneratedRegex("http://127.0.0.1:[0-9]+")]
    private static partial Regex ListeningOn();

    [GeneratedRegex(@"starting on 127\.0\.0\.1:(?<port>\d+)")]
    private static partial Regex StartingOn();
}
