using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TacHost.Services;

/// <summary>An application inside a Generic Host. It stops the host when a service fails or requests a stop.</summary>
internal sealed class HostedApplication(ILoggerFactory loggers, IHostApplicationLifetime lifetime, Func<Application> build) : IHostedService
{
    /// <summary>EX_SOFTWARE, as tachost exits after a failure.</summary>
    private const int ExitCodeOfAFailure = 70;

    private Application? _application;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _application = build();
        if (!_application.HasLoggerFactory)
            _application.LoggerFactory = loggers;
        await _application.StartAsync(cancellationToken);
        _ = StopHostWithAsync(_application);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_application is not { } application)
            return;
        try
        {
            await application.StopAsync(cancellationToken);
        }
        finally
        {
            await application.DisposeAsync();
            if (Environment.ExitCode == 0)
                Environment.ExitCode = application.ExitCode;
        }
    }

    private async Task StopHostWithAsync(Application application)
    {
        var first = await Task.WhenAny(application.Failed, application.StopRequested);
        if (first.IsFaulted)
            Environment.ExitCode = ExitCodeOfAFailure;
        lifetime.StopApplication();
    }
}
