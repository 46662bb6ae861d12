using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using TacHost.Services.Infrastructure;
using TacHost.Services.Plugins;

namespace TacHost.Services;

/// <summary>A run of an application in the foreground by its own program, without the host <c>tachost</c>.</summary>
/// <remarks>
/// The package makes it available to file-based programs as <c>await application.RunAsync();</c>. It is meant for development: it does not
/// detach, write a log file, drop privileges or reload.
/// </remarks>
public sealed class ForegroundRun
{
    private const int UsageError = 64, Failure = 1;
    private const string Help = "--help";

    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    private readonly bool _isHelp;
    private bool _hasRun;

    /// <summary>Initializes a run.</summary>
    /// <param name="words">The arguments of the program, as <c>tachost FILE</c> accepts them after the file.</param>
    public ForegroundRun(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        _isHelp = words.TakeWhile(word => word != "--").Contains(Help);
        Parameters = new TacParameters(new ParameterSources { Words = words, OnlyList = _isHelp });
    }

    /// <summary>Gets the parameters of the program.</summary>
    public TacParameters Parameters { get; }

    /// <summary>Prints a mistake on the command line to standard error.</summary>
    /// <param name="mistake">The mistake.</param>
    /// <returns>The exit code for it, 64.</returns>
    public static int Report(UsageException mistake)
    {
        ArgumentNullException.ThrowIfNull(mistake);
        Console.Error.WriteLine($"{mistake.Message}\n  See -- {Help}.");
        return Environment.ExitCode = UsageError;
    }

    /// <summary>Makes the exit of the process report a program that never calls <see cref="RunAsync(Application, CancellationToken)"/>, with a line on standard error and exit code 1.</summary>
    /// <remarks>The package calls it for file-based programs.</remarks>
    public void Require() => AppDomain.CurrentDomain.ProcessExit += (_, _) => ReportMissing();

    /// <summary>
    /// Starts the application, waits for SIGINT, SIGTERM, <see cref="Application.RequestStop"/> or a failure, and stops it. Log lines are written to
    /// standard output, unless the application has its own <see cref="Application.LoggerFactory"/>. A second signal ends the process.
    /// </summary>
    /// <param name="application">The application. It is disposed afterwards.</param>
    /// <param name="cancellationToken">Stops the application when it is cancelled.</param>
    /// <returns>The exit code, which is also the <see cref="Environment.ExitCode"/> of the process: that of the application, 1 after a failure, 64 for an unknown parameter.</returns>
    public async Task<int> RunAsync(Application application, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        _hasRun = true;
        if (_isHelp)
            return ShowParameters();
        try
        {
            Parameters.ThrowIfUnknown();
        }
        catch (UsageException e)
        {
            return Report(e);
        }

        using ForegroundLog log = new(application.LoggerProviders, TimeProvider.System);
        if (!application.HasLoggerFactory)
            application.LoggerFactory = log;
        await using (application)
        {
            return Environment.ExitCode = await RunAsync(application, application.LoggerFactory.CreateLogger("-"), cancellationToken);
        }
    }

    /// <summary>Reports that the application was not run, unless the program ends because of another mistake.</summary>
    internal void ReportMissing()
    {
        if (_hasRun || Environment.ExitCode != 0)
            return;
        Console.Error.WriteLine("The program has ended without running its application.\n  Write this as its last statement: await application.RunAsync();");
        Environment.ExitCode = Failure;
    }

    private static async Task<int> RunAsync(Application application, ILogger log, CancellationToken cancellationToken)
    {
        TaskCompletionSource signalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using var cancellation = cancellationToken.Register(() => signalled.TrySetResult());
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Exception? failure = null;
        try
        {
            await application.StartAsync(cancellationToken);
            await Task.WhenAny(signalled.Task, application.StopRequested, application.Failed);
        }
        catch (Exception e) when (!Debugger.IsAttached)
        {
            failure = e;
        }

        failure ??= application.Failed.Exception?.InnerException;
        if (failure is not null)
            ServiceLog.ApplicationFailed(log, failure);
        using CancellationTokenSource grace = new(_grace);
        await application.StopAsync(grace.Token);
        return failure is null ? application.ExitCode : Failure;

        void Stop(PosixSignalContext context)
        {
            // The second signal has its default effect.
            context.Cancel = signalled.TrySetResult();
        }
    }

    private int ShowParameters()
    {
        foreach (var option in Parameters.Options)
        {
            var fallback = option.DefaultIn(null) is { } text ? $" Default: {text}." : option.Required ? " Required." : "";
            Console.Out.WriteLine($"  {$"--{option.Name} {option.ValueName}",-26}{option.Description}.{fallback}");
        }

        return Environment.ExitCode = 0;
    }
}
