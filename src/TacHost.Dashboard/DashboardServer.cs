using Microsoft.AspNetCore.Http;
using TacHost.Dashboard.Access;
using TacHost.Dashboard.Pages;
using TacHost.Dashboard.Watching;
using TacHost.Services;
using TacHost.Services.Networking;
using TacHost.Web;

namespace TacHost.Dashboard;

/// <summary>Serves the page.</summary>
/// <param name="endpoint">The endpoint to listen on.</param>
/// <param name="watcher">The watcher of all processes.</param>
internal sealed class DashboardServer(ServerEndpoint endpoint, Watcher watcher) : HttpServer(endpoint)
{
    private CancellationTokenSource _stopping = new();

    /// <summary>Gets the path of the file with the token, or null.</summary>
    public string? TokenFile { get; init; }

    /// <summary>Gets the names under which the page may be asked for, beside those of this machine.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [];

    /// <inheritdoc/>
    protected override IReadOnlyList<ServiceNeed> OwnNeeds => TokenFile is { } file ? [new ServiceNeed(ServiceNeedKind.File, file)] : [];

    /// <inheritdoc/>
    protected override Task<RequestDelegate> MakeHandlerAsync(CancellationToken cancellationToken)
    {
        _stopping = new CancellationTokenSource();
        AllowedHosts hosts = new(LocalAddresses, Hosts);
        AccessControl access = new(TokenFile is { } file ? ResolvePath(file) : null, LocalAddresses);
        Routes routes = new(watcher, Logger);
        return Task.FromResult<RequestDelegate>(context =>
        {
            SecurityHeaders.Add(context.Response);
            if (!hosts.Allow(context.Request.Host))
                return Responses.RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, $"This page does not answer to the name '{context.Request.Host.Host}'. The option --host allows a name.");
            return access.IsAllowed(context) ? AnswerAsync(context, routes) : access.ChallengeAsync(context);
        });
    }

    /// <inheritdoc/>
    protected override async Task OnStopAsync(CancellationToken cancellationToken)
    {
        // The streams would not end by themselves.
        await _stopping.CancelAsync();
        await base.OnStopAsync(cancellationToken);
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, Routes routes)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            await routes.AnswerAsync(context, ended.Token);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client has left, or the server stops.
        }
    }
}
