using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>What a debugger and a reader of stack traces get.</summary>
public sealed class DebuggingTests
{
    [Fact]
    public void Files_OfTheProgram_DoNotNameTheMachineThatBuiltThem()
    {
        var folder = Path.GetDirectoryName(Program.Tachost)!;
        List<string> own = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".dll" or ".pdb" && Path.GetFileName(file) is ['t' or 'T', 'a', 'c', ..] or ['F', 'a', 's', 't', ..])];
        var checkout = Encoding.UTF8.GetBytes(Program.Root.TrimEnd('/') + "/");

        Assert.Contains(own, file => file.EndsWith("TacHost.Services.pdb", StringComparison.Ordinal));
        Assert.DoesNotContain(own, file => File.ReadAllBytes(file).AsSpan().IndexOf(checkout) >= 0);
    }

    [Fact]
    public async Task Trace_OfAFailedStart_ShowsTheSourcesOfTheHostWithoutTheirMachine()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("bad.csx", "var application = new Application(\"x\");\nnew TcpServer(1, null, \"nowhere.invalid\").SetServiceParent(application);");
        var outcome = await sandbox.TachostAsync("--nodaemon", "--debug", "bad.csx");

        Assert.Contains(" in /_/src/TacHost.Services/", outcome.Output + outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain($" in {Program.Root}", outcome.Output + outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ThatWaitsForADebugger_StartsNothingBefore()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.csx", "Console.WriteLine(\"evaluated\");\nvar application = new Application(\"x\");");
        sandbox.Environment["DOTNET_EnableDiagnostics"] = "1";
        var process = sandbox.Start("--wait-for-debugger", "poem.csx");
        var line = await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        Assert.Equal($"Process {process.Id} waits for a debugger (--wait-for-debugger).", line);
        await sandbox.KillAsync(process.Id);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).Soon();

        Assert.DoesNotContain("evaluated", await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_ThatFails_IsToldWithTheLineOfTheTacFile()
    {
        await using var sandbox = new Sandbox();
        sandbox.Write("poem.csx", """
            var application = new Application("x");
            new Sticky().SetServiceParent(application);
            sealed class Sticky : Service
            {
                protected override Task OnStopAsync(CancellationToken cancellationToken) =>
                    throw new InvalidOperationException("glued");
            }
            """);
        await sandbox.StartDaemonAsync("poem.csx");
        var daemon = sandbox.DaemonId;
        await sandbox.KillAsync(daemon);
        await Until.GoneAsync(daemon);

        Assert.Contains("Not everything stopped cleanly: InvalidOperationException at poem.csx:line 6: glued\n\t            throw new InvalidOperationException(\"glued\");\n\t            ^", sandbox.Log, StringComparison.Ordinal);
    }
}
