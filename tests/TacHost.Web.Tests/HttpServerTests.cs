using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TacHost.Services.Networking;

namespace TacHost.Web.Tests;

public sealed class HttpServerTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public void Constructor_WithoutStart_OpensNothing() => Assert.Empty(new HttpServer(0, Greet).LocalAddresses);

    [Fact]
    public void Constructor_PortOutOfRange_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new HttpServer(65536, Greet));

    [Fact]
    public async Task Start_PortZero_AnswersOnThePortThatCanBeRead()
    {
        HttpServer server = new(0, Greet, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var port = ((IPEndPoint)Assert.Single(server.LocalAddresses)).Port;

        Assert.Equal("hello, /world", await RealClient.RunAsync("curl", "", "-s", $"http://127.0.0.1:{port}/world"));
        Assert.Contains(running.Log.Lines, line => line.Text == $"HttpServer starting on 127.0.0.1:{port}");
    }

    [Fact]
    public async Task Start_PortThatIsTaken_FailsInWords()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        HttpServer server = new(((IPEndPoint)other.LocalEndpoint).Port, Greet, "127.0.0.1");
        var failure = await Assert.ThrowsAsync<CannotListenException>(() => RunningService.StartAsync(server));
        Assert.Contains("already does", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.LocalAddresses);
    }

    [Fact]
    public async Task PrivilegedStart_Alone_HasThePort()
    {
        HttpServer server = new(0, Greet, "127.0.0.1");
        await server.PrivilegedStartAsync(TestContext.Current.CancellationToken);
        using (TcpClient early = new())
        {
            await early.ConnectAsync((IPEndPoint)server.LocalAddresses[0], TestContext.Current.CancellationToken);
            await server.StartAsync(TestContext.Current.CancellationToken);
            await early.GetStream().WriteAsync("GET /early HTTP/1.0\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
            using StreamReader reader = new(early.GetStream());
            Assert.EndsWith("hello, /early", await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon(), StringComparison.Ordinal);
        }

        await server.StopAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task Start_AgainAfterAStop_AnswersAgain()
    {
        HttpServer server = new(0, Greet, "127.0.0.1");
        for (var round = 0; round < 3; round++)
        {
            await server.StartAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Equal("hello, /", await FetchAsync(server));
            await server.StopAsync(TestContext.Current.CancellationToken).Soon();
            Assert.Empty(server.LocalAddresses);
        }
    }

    [Fact]
    public async Task Stop_WithARequestUnderWay_ClosesThePortAndFinishesTheAnswer()
    {
        TaskCompletionSource begun = new(), goOn = new();
        HttpServer server = new(0, async context =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await goOn.Task;
            await context.Response.WriteAsync("second");
        }, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var endPoint = (IPEndPoint)server.LocalAddresses[0];
        var answer = FetchAsync(server);
        await begun.Task.Soon();

        var stop = running.StopAsync();
        while (await CanConnectAsync(endPoint))
            await Task.Yield();
        Assert.False(stop.IsCompleted);
        goOn.SetResult();
        Assert.Equal("first second", await answer.Soon());
        await stop;
    }

    [Fact]
    public async Task Stop_WhenTheGracePeriodIsOver_AbortsTheRequest()
    {
        TaskCompletionSource begun = new();
        HttpServer server = new(0, async context =>
        {
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        var answer = FetchAsync(server);
        await begun.Task.Soon();

        await running.DisposeAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Soon());
    }

    [Fact]
    public async Task Stop_WithAConnectionKeptAlive_DoesNotWaitForIt()
    {
        HttpServer server = new(0, Greet, "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using HttpClient client = new();
        await client.GetStringAsync($"http://{server.LocalAddresses[0]}/", TestContext.Current.CancellationToken).Soon();
        await running.StopAsync();
    }

    [Fact]
    public async Task Handler_ThatThrows_IsLoggedAndAnsweredByFiveHundred()
    {
        HttpServer server = new(0, context => context.Request.Path == "/bad" ? throw new InvalidDataException("spoilt") : Greet(context), "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using HttpClient client = new();
        using var answer = await client.GetAsync($"http://{server.LocalAddresses[0]}/bad", TestContext.Current.CancellationToken).Soon();
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal("hello, /good", await client.GetStringAsync($"http://{server.LocalAddresses[0]}/good", TestContext.Current.CancellationToken).Soon());
        var line = Assert.Single(running.Log.Lines, line => line.Level == LogLevel.Error);
        Assert.IsType<InvalidDataException>(line.Failure);
        Assert.Equal("test/HttpServer", line.Category);
    }

    [Fact]
    public async Task Tls_WithCurl_SpeaksHttpTwoAndFollowsTheFiles()
    {
        var (certificate, key) = TestCertificates.WritePem(_files, "localhost");
        HttpServer server = new(ServerEndpoint.Tls(0, new TlsOptions(TlsCertificate.FromPem(certificate, key)), "127.0.0.1"), Greet);
        await using var running = await RunningService.StartAsync(server);
        var port = ((IPEndPoint)server.LocalAddresses[0]).Port;
        string[] curl = ["-s", "--cacert", certificate, "--resolve", $"localhost:{port}:127.0.0.1", "-w", " %{http_version}", $"https://localhost:{port}/x"];
        Assert.Equal("hello, /x 2", await RealClient.RunAsync("curl", "", curl));
        Assert.Equal("hello, /x 1.1", await RealClient.RunAsync("curl", "", ["--http1.1", .. curl]));

        var before = await File.ReadAllTextAsync(certificate, TestContext.Current.CancellationToken);
        File.Delete(key);
        TestCertificates.WritePem(_files, "localhost");
        Assert.NotEqual(before, await File.ReadAllTextAsync(certificate, TestContext.Current.CancellationToken));
        Assert.Equal("hello, /x 2", await RealClient.RunAsync("curl", "", curl));
    }

    [Fact]
    public async Task UnixEndpoint_WithCurl_IsAnsweredAndRemovedAtTheEnd()
    {
        HttpServer server = new($"unix:{_files["web.sock"]}:mode=600", Greet);
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal("hello, /x", await RealClient.RunAsync("curl", "", "-s", "--unix-socket", _files["web.sock"], "http://localhost/x"));
        await running.StopAsync();
        Assert.False(File.Exists(_files["web.sock"]));
    }

    [Fact]
    public async Task ProxiedEndpoint_TheHeadersClient_IsTheRemoteAddress()
    {
        HttpServer server = new("haproxy:tcp:0:interface=127.0.0.1", context => context.Response.WriteAsync($"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}"));
        await using var running = await RunningService.StartAsync(server);
        Assert.EndsWith("\r\n192.0.2.7:4711", await TalkAsync(server, "PROXY TCP4 192.0.2.7 192.0.2.1 4711 80\r\nGET / HTTP/1.0\r\n\r\n"), StringComparison.Ordinal);
        Assert.Equal("", await TalkAsync(server, "GET / HTTP/1.0\r\n\r\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET /x HTTP/1.1\r\nHost: half")]
    [InlineData("GET /x HTTP/1.1\r\nHost: x\r\n\r\nGET /y HTTP/1.1\r\nHost: half")]
    public async Task Stop_HalfAHeader_IsNotWaitedFor(string sent)
    {
        HttpServer server = new(0, Greet, "127.0.0.1") { Configure = options => options.Limits.RequestHeadersTimeout = options.Limits.KeepAliveTimeout = TimeSpan.FromHours(1) };
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync(sent);
        if (sent.Contains("GET /y", StringComparison.Ordinal))
            await client.ReadUntilAsync("hello, /x");
        await running.StopAsync().Soon();
    }

    [Fact]
    public async Task Stop_RequestWithABodyUnderWay_IsAnswered()
    {
        TaskCompletionSource reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
        HttpServer server = new(
            0,
            async context =>
            {
                reading.SetResult();
                using StreamReader body = new(context.Request.Body);
                await context.Response.WriteAsync(await body.ReadToEndAsync());
            },
            "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nhal");
        await reading.Task.Soon();
        var stop = running.StopAsync();

        // Longer than silent clients are given.
        await Task.Delay(TimeSpan.FromSeconds(1.5), TestContext.Current.CancellationToken);
        await client.SendAsync("ves");
        await client.ReadUntilAsync("halves");
        await stop.Soon();
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot hexadecimal\r\n", "is not HTTP")]
    [InlineData("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhal", "left before")]
    public async Task Body_ThatIsBroken_IsOneShortLine(string request, string line)
    {
        using SemaphoreSlim begun = new(0);
        HttpServer server = new(
            0,
            context =>
            {
                begun.Release();
                return context.Request.Body.CopyToAsync(Stream.Null);
            },
            "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        for (var i = 0; i < 30; i++)
        {
            using var client = await Client.ConnectAsync(server.LocalAddresses[0]);
            await client.SendAsync(request);
            Assert.True(await begun.WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken));
            if (line == "is not HTTP")
                await client.ReadUntilAsync("HTTP/1.1 400");
            else
                client.Socket.Close(0);
        }

        await Until.TrueAsync(() => running.Log.Lines.Count(each => each.Text.Contains(line, StringComparison.Ordinal)) == 10, "the lines");
        await running.StopAsync();
        Assert.DoesNotContain(running.Log.Lines, each => each.Level >= LogLevel.Warning || (each.Failure is not null && each.Level > LogLevel.Debug));
        Assert.Equal(10, running.Log.Lines.Count(each => each.Text.Contains(line, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RequestServices_OfAServerThatWasGivenNone_HaveLoggers()
    {
        HttpServer server = new(0, context => Results.Text("typed").ExecuteAsync(context), "127.0.0.1");
        await using var running = await RunningService.StartAsync(server);
        Assert.Equal("typed", await FetchAsync(server));
    }

    [Fact]
    public async Task Configure_Limits_Hold()
    {
        HttpServer server = new(0, Greet, "127.0.0.1") { Configure = options => options.Limits.MaxRequestHeaderCount = 3 };
        await using var running = await RunningService.StartAsync(server);
        Assert.StartsWith("HTTP/1.1 431 ", await TalkAsync(server, "GET / HTTP/1.1\r\nHost: x\r\na: 1\r\nb: 1\r\nc: 1\r\n\r\n"), StringComparison.Ordinal);
    }

    private static Task Greet(HttpContext context) => context.Response.WriteAsync($"hello, {context.Request.Path}");

    private static async Task<string> FetchAsync(HttpServer server)
    {
        using HttpClient client = new();
        return await client.GetStringAsync($"http://{server.LocalAddresses[0]}/", TestContext.Current.CancellationToken).Soon();
    }

    private static async Task<string> TalkAsync(HttpServer server, string text)
    {
        using TcpClient client = new();
        await client.ConnectAsync((IPEndPoint)server.LocalAddresses[0], TestContext.Current.CancellationToken);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);
        using StreamReader reader = new(client.GetStream());
        try
        {
            return await reader.ReadToEndAsync(TestContext.Current.CancellationToken).Soon();
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static async Task<bool> CanConnectAsync(IPEndPoint endPoint)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
