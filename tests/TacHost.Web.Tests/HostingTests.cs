using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TacHost.Services;
using TacHost.Services.Networking;

namespace TacHost.Web.Tests;

[Collection<AloneCollection>]
public sealed class HostingTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WebApplicationService_MinimalApi_AnswersAndLogsAsTheTree(bool tls)
    {
        using TemporaryDirectory directory = new();
        var endpoint = "tcp:0:interface=127.0.0.1";
        if (tls)
        {
            var (certificate, key) = TestCertificates.WritePem(directory, "localhost");
            endpoint = $"tls:0:certificate={certificate}:key={key}:interface=127.0.0.1";
        }

        WebApplicationService web = new(
            endpoint,
            builder => builder.Services.AddSingleton(new Greeting("hello")),
            app => app.MapGet("/{name}", (string name, Greeting greeting) => $"{greeting.Text}, {name}"));
        await using var running = await RunningService.StartAsync(web);
        Assert.Equal("hello, world", await FetchAsync(web, "/world", tls));
        Assert.Contains(running.Log.Lines, line => line.Category == "Microsoft.AspNetCore.Hosting.Diagnostics" && line.Text.Contains("/world", StringComparison.Ordinal));
        Assert.DoesNotContain(running.Log.Lines, line => line.Text.Contains("Ctrl+C", StringComparison.Ordinal));
        await running.StopAsync();
        Assert.Empty(web.LocalAddresses);
    }

    [Fact]
    public async Task WebApplicationService_StopWithHalfAHeader_DoesNotWaitForTheRest()
    {
        WebApplicationService web = new("tcp:0:interface=127.0.0.1", app => app.MapGet("/", () => "x"));
        await using var running = await RunningService.StartAsync(web);
        using var client = await Client.ConnectAsync(web.LocalAddresses[0]);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: ");
        await running.StopAsync();
    }

    [Fact]
    public async Task WebApplicationService_MoreConnectionsThanItsLimit_AreRefused()
    {
        WebApplicationService web = new("tcp:0:interface=127.0.0.1", app => app.MapGet("/", () => "x"))
        {
            Limits = new ConnectionLimits { MaxConnections = 1, OnLimitReached = ConnectionLimitBehavior.Refuse },
        };
        await using var running = await RunningService.StartAsync(web);
        using (var first = await Client.ConnectAsync(web.LocalAddresses[0]))
        {
            await first.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200", await first.ReadUntilAsync("\r\n"), StringComparison.Ordinal);
            Assert.NotEqual(SocketError.Success, await LoopbackPeer.ConnectUntilErrorAsync((IPEndPoint)web.LocalAddresses[0]));
        }

        // The permit of the first connection is released when Kestrel has noticed its end.
        Assert.Equal("x", await FetchUntilAcceptedAsync().Soon());

        async Task<string> FetchUntilAcceptedAsync()
        {
            while (true)
            {
                try
                {
                    return await FetchAsync(web, "/", tls: false);
                }
                catch (HttpRequestException)
                {
                    await Task.Yield();
                }
            }
        }
    }

    [Fact]
    public async Task WebApplicationService_EndpointInTheSettingsOfKestrel_IsRefused()
    {
        WebApplicationService web = new("tcp:0:interface=127.0.0.1", builder => builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0)), app => app.MapGet("/", () => "x"));
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunningService.StartAsync(web));
        Assert.StartsWith("Kestrel cannot listen on 127.0.0.1:0, because only the endpoint in the constructor of the service is bound.", failure.Message, StringComparison.Ordinal);
        Assert.Empty(web.LocalAddresses);
    }

    [Fact]
    public async Task WebApplicationService_PrivilegedStart_BindsBeforeTheApplicationIsBuilt()
    {
        var isBuilt = false;
        WebApplicationService web = new("tcp:0:interface=127.0.0.1", app =>
        {
            isBuilt = true;
            app.MapGet("/", () => "x");
        });
        await web.PrivilegedStartAsync(TestContext.Current.CancellationToken).Soon();
        using var early = await Client.ConnectAsync(Assert.Single(web.LocalAddresses));
        Assert.False(isBuilt);
        await early.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        await web.StartAsync(TestContext.Current.CancellationToken).Soon();
        Assert.StartsWith("HTTP/1.1 200", await early.ReadUntilAsync("\r\n"), StringComparison.Ordinal);
        await web.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task WebApplicationService_StoppedByItself_RequestsTheStopOfTheTree()
    {
        WebApplicationService web = new("tcp:0:interface=127.0.0.1", app => app.MapGet("/end", (IHostApplicationLifetime lifetime) => lifetime.StopApplication()));
        Application application = new("site");
        web.SetServiceParent(application);
        await application.StartAsync(TestContext.Current.CancellationToken).Soon();
        await FetchAsync(web, "/end", tls: false);
        await application.StopRequested.Soon();
        Assert.False(application.Failed.IsCompleted);
        await application.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task HostedServices_BackgroundServiceThatFails_IsTheFailureOfTheService()
    {
        using CollectingLoggerFactory log = new();
        Application application = new("site") { LoggerFactory = log };
        HostedServices hosted = new(services =>
        {
            services.AddSingleton(new Greeting("poll"));
            services.AddHostedService<Poller>();
        });
        hosted.SetServiceParent(application);
        await application.StartAsync(TestContext.Current.CancellationToken).Soon();
        Assert.NotNull(hosted.Services.GetService<IHttpClientFactory>());
        hosted.Services.GetServices<IHostedService>().OfType<Poller>().Single().Fail.SetResult();
        var failure = await Assert.ThrowsAsync<ServiceFailedException>(() => application.Failed.Soon());
        Assert.Equal("no upstream", failure.InnerException!.Message);
        Assert.Contains(log.Lines, line => line.Category.EndsWith("Poller", StringComparison.Ordinal) && line.Text == "poll");
        await application.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task AddService_WebApplication_StartsAndStopsWithTheTree()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var web = builder.Build();
        web.Urls.Add("http://127.0.0.1:0");
        web.MapGet("/", () => "up");
        Application application = new("site");
        application.AddService(web, "web");
        await application.StartAsync(TestContext.Current.CancellationToken).Soon();
        using HttpClient client = new();
        Assert.Equal("up", await client.GetStringAsync(web.Urls.Single(), TestContext.Current.CancellationToken).Soon());
        var url = web.Urls.Single();
        await application.StopAsync(TestContext.Current.CancellationToken).Soon();
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(url, TestContext.Current.CancellationToken).Soon());
    }

    [Theory]
    [InlineData(true, 70)]
    [InlineData(false, 3)]
    public async Task AddTacHost_FailureOrRequestedStop_StopsTheHostWithItsExitCode(bool fails, int exitCode)
    {
        TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Application? tree = null;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddTacHost(
            application =>
            {
                tree = application;
                application.SetName("site");
                ExecutingService service = new(async _ =>
                {
                    await end.Task;
                    if (fails)
                        throw new InvalidOperationException("broken");
                    application.ExitCode = 3;
                    application.RequestStop();
                });
                service.SetServiceParent(application);
            });
        using var host = builder.Build();
        try
        {
            var run = host.RunAsync(TestContext.Current.CancellationToken);
            await Until.TrueAsync(() => tree is { Running: true }, "the tree");
            Assert.False(run.IsCompleted);
            end.SetResult();
            await run.Soon();
            Assert.Equal(exitCode, Environment.ExitCode);
            Assert.Equal("site", tree!.Name);
            Assert.False(tree.Running);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    private static async Task<string> FetchAsync(WebApplicationService web, string path, bool tls)
    {
        using HttpClientHandler handler = new() { ServerCertificateCustomValidationCallback = (_, _, _, _) => tls };
        using HttpClient client = new(handler);
        return await client.GetStringAsync($"{(tls ? "https" : "http")}://127.0.0.1:{((IPEndPoint)web.LocalAddresses[0]).Port}{path}", TestContext.Current.CancellationToken).Soon();
    }

    private sealed record Greeting(string Text);

    private sealed class Poller(ILogger<Poller> logger, Greeting greeting) : BackgroundService
    {
        public TaskCompletionSource Fail { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
#pragma warning disable CA1848, CA2254 // one line of a test
            logger.LogInformation(greeting.Text);
#pragma warning restore CA1848, CA2254
            await Fail.Task.WaitAsync(stoppingToken);
            throw new InvalidOperationException("no upstream");
        }
    }
}
