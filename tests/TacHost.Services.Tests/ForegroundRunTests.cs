namespace TacHost.Services.Tests;

/// <summary>A program that runs its application itself. It sets the exit code of the process, and writes to its console.</summary>
[Collection<AloneCollection>]
public sealed class ForegroundRunTests : IDisposable
{
    private readonly TextWriter _console = Console.Out;
    private readonly TextWriter _errors = Console.Error;
    private readonly StringWriter _output = new();
    private readonly StringWriter _mistakes = new();

    public ForegroundRunTests()
    {
        Console.SetOut(_output);
        Console.SetError(_mistakes);
    }

    public void Dispose()
    {
        Console.SetOut(_console);
        Console.SetError(_errors);
        Environment.ExitCode = 0;
    }

    [Fact]
    public async Task RunAsync_UntilAServiceRequestsTheStop_StartsAndStopsTheTree()
    {
        ForegroundRun run = new(["--code", "7"]);
        var code = run.Parameters.Option("code", 0, "the exit code");
        Application application = new("moon");
        new ExecutingService(_ =>
        {
            application.ExitCode = code;
            application.RequestStop();
            return Task.CompletedTask;
        }).SetServiceParent(application);
        RecordingService recording = new(new Journal(), "child");
        recording.SetServiceParent(application);

        Assert.Equal(7, await run.RunAsync(application, TestContext.Current.CancellationToken).Soon());
        Assert.Equal(7, Environment.ExitCode);
        Assert.Equal(ServiceState.Stopped, recording.State);
    }

    [Fact]
    public async Task ReportMissing_UnlessItRan_TellsTheStatementToAdd()
    {
        ForegroundRun run = new([]);
        run.ReportMissing();

        Assert.Equal((1, "The program has ended without running its application.\n  Write this as its last statement: await application.RunAsync();\n"), (Environment.ExitCode, _mistakes.ToString()));
        Environment.ExitCode = 0;
        Application application = new("moon");
        application.RequestStop();
        await run.RunAsync(application, TestContext.Current.CancellationToken).Soon();
        run.ReportMissing();
        Assert.Equal(0, Environment.ExitCode);
    }

    [Fact]
    public async Task RunAsync_OfAServiceThatFails_LogsTheFailureAndReturnsOne()
    {
        Application application = new("moon");
        new ExecutingService(_ => Task.FromException(new InvalidTimeZoneException("lost"))).SetServiceParent(application);

        Assert.Equal(1, await new ForegroundRun([]).RunAsync(application, TestContext.Current.CancellationToken).Soon());
        Assert.Matches(@"(^|\n)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4} \[-#error\] Shutting down, because the application has failed\.\n\tTacHost\.Services\.ServiceFailedException: .* has failed: lost", _output.ToString());
    }

    [Fact]
    public async Task RunAsync_OfAnUnknownParameter_StartsNothing()
    {
        Application application = new("moon");
        RecordingService recording = new(new Journal(), "child");
        recording.SetServiceParent(application);
        ForegroundRun run = new(["--prot", "1"]);
        run.Parameters.Option("port", 1, "the port");

        Assert.Equal(64, await run.RunAsync(application, TestContext.Current.CancellationToken).Soon());
        Assert.Equal("there is no parameter '--prot'. Did you mean '--port'?\n  See -- --help.\n", _mistakes.ToString());
        Assert.Equal(ServiceState.Stopped, recording.State);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task RunAsync_AskedForHelp_ListsTheParameters()
    {
        ForegroundRun run = new(["--help", "--", "more"]);
        run.Parameters.Option<int>("port", "the port");
        run.Parameters.Option("name", "moon", "the name");

        Assert.Equal(0, await run.RunAsync(new Application("moon"), TestContext.Current.CancellationToken).Soon());
        Assert.Equal("  --port NUMBER             the port. Required.\n  --name TEXT               the name. Default: moon.\n", _output.ToString());
    }
}
