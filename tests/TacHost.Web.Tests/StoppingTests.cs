using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Web.Tests;

public sealed class StoppingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_HandlerThatIgnoresTheAbort_IsNamedAndLeftAlone(bool isApplication)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CollectingLoggerFactory log = new();
        Application application = new("site") { LoggerFactory = log };
        var web = Make(isApplication, _ =>
        {
            begun.SetResult();
            return release.Task;
        });
        web.SetServiceParent(application);
        await application.StartAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Empty(web.WaitsFor);
        using var client = await Client.ConnectAsync(AddressOf(web));
        await client.SendAsync("GET /stuck HTTP/1.1\r\nHost: x\r\n\r\n");
        await begun.Task.Soon();

        using CancellationTokenSource grace = new();
        var stop = application.StopAsync(grace.Token);
        await Until.TrueAsync(() => web.WaitsFor.Count > 0, "the stop");
        Assert.StartsWith($"{client.Socket.LocalEndPoint}, GET /stuck for ", Assert.Single(web.WaitsFor), StringComparison.Ordinal);
        Assert.False(stop.IsCompleted);
        await grace.CancelAsync();
        await stop.Soon();
        Assert.Contains(log.Lines, line => line.Text.StartsWith($"Aborted 1 connection(s) after the grace period: {client.Socket.LocalEndPoint}, GET /stuck for ", StringComparison.Ordinal));
        Assert.Equal(ServiceState.Stopped, web.State);
        release.SetResult();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stop_WhileARequestRuns_NamesNoIdleConnectionForLong(bool isApplication)
    {
        TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskCompletionSource release = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var web = Make(isApplication, _ =>
        {
            begun.SetResult();
            return release.Task;
        });
        await using var running = await RunningService.StartAsync(web);
        using var busy = await Client.ConnectAsync(AddressOf(web));
        await busy.SendAsync("GET /busy HTTP/1.1\r\nHost: x\r\n\r\n");
        await begun.Task.Soon();
        using var idle = await Client.ConnectAsync(AddressOf(web));
        await idle.SendAsync("GET / HTTP/1.1\r\n");
        var stop = running.StopAsync();
        await Until.TrueAsync(() => web.WaitsFor.Any(each => each.StartsWith($"{idle.Socket.LocalEndPoint}, idle for ", StringComparison.Ordinal)), "the idle connection");
        await Until.TrueAsync(() => web.WaitsFor is [var one] && one.Contains("GET /busy", StringComparison.Ordinal), "the end of the idle connection");
        release.SetResult();
        await stop;
    }

    private static Service Make(bool isApplication, RequestDelegate handler) =>
        isApplication ? new WebApplicationService("tcp:0:interface=127.0.0.1", app => app.Run(handler)) : new HttpServer(0, handler, "127.0.0.1");

    private static EndPoint AddressOf(Service web) => Assert.Single(((IListeningService)web).LocalAddresses);
}
