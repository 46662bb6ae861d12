using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text;
using TacHost.EndToEnd.Tests.Running;

namespace TacHost.EndToEnd.Tests;

/// <summary>The deployments in <c>deployments/examples</c> on other parts of ASP.NET Core, each started and used.</summary>
public sealed class WebExamplesTests
{
    private const string RecordEnd = "\u001e";

    [Fact]
    public async Task WebSocket_WithMessages_EchoesThemAndSaysGoodbye()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "web-socket.csx"));
        using var first = await ConnectAsync(sandbox, "/");
        using var second = await ConnectAsync(sandbox, "/");
        await SendAsync(first, "roses");
        await SendAsync(second, "violets");
        Assert.Equal("roses", await ReceiveAsync(first));
        Assert.Equal("violets", await ReceiveAsync(second));
        await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken).Soon();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, first.CloseStatus);

        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        Assert.Equal("", await ReceiveAsync(second));
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "the server stops"), (second.CloseStatus, second.CloseStatusDescription));
        await second.CloseAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken).Soon();
        await Until.GoneAsync(id);
        AssertStoppedAtOnce(sandbox);
    }

    [Fact]
    public async Task WebSocket_WithAnOrdinaryRequest_AsksForTheUpgrade()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "web-socket.csx"));
        using HttpClient client = new();
        using var answer = await client.GetAsync($"http://127.0.0.1:{sandbox.Port()}/", TestContext.Current.CancellationToken).Soon();
        Assert.Equal(HttpStatusCode.UpgradeRequired, answer.StatusCode);
        await Example.StopAsync(sandbox);
    }

    /// <summary>Speaks the JSON protocol of SignalR's hubs.</summary>
    [Fact]
    public async Task SignalR_WithTwoClients_IsOneRoomAndStopsAtOnce()
    {
        await using var sandbox = new Sandbox();
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "signalr.csx"));
        using var first = await JoinAsync(sandbox);
        using var second = await JoinAsync(sandbox);
        await SendAsync(first, """{"type":1,"target":"Say","arguments":["roses"]}""" + RecordEnd);
        foreach (var member in (ClientWebSocket[])[first, second])
            Assert.Equal("""{"type":1,"target":"Said","arguments":["roses"]}""", await ReceiveRecordAsync(member));

        var id = sandbox.DaemonId;
        await sandbox.KillAsync(id);
        await Assert.ThrowsAsync<WebSocketException>(() => ReceiveRecordAsync(first));
        await Until.GoneAsync(id);
        AssertStoppedAtOnce(sandbox);
    }

    /// <summary>Writes and reads the messages of gRPC: a flag, a length and Protocol Buffers.</summary>
    [Fact]
    public async Task Grpc_WithACall_AnswersByHttp2()
    {
        await using var sandbox = Example.WithPackages();
        await sandbox.StartDaemonAsync(await Example.RestoreOrSkipAsync(sandbox, "grpc.csx"));
        byte[] person = [0x0A, 3, .. "Ada"u8];
        byte[] message = new byte[5 + person.Length];
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), person.Length);
        person.CopyTo(message, 5);
        using HttpClient client = new(new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=localhost" });
        using HttpRequestMessage request = new(HttpMethod.Post, $"https://localhost:{sandbox.Port()}/Greeter/Greet") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(message) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken).Soon();
        var body = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal(["0"], answer.TrailingHeaders.GetValues("grpc-status"));
        Assert.Equal([0, 0, 0, 0, 13, 0x0A, 11, .. "Hello, Ada."u8], body);
        await Example.StopAsync(sandbox);
    }

    [Fact]
    public async Task Blazor_WithAPage_RendersItOnTheServer()
    {
        await using var sandbox = new Sandbox();
        Example.CopyLibrary(sandbox, "Pages");
        await sandbox.StartDaemonAsync(Example.Copy(sandbox, "blazor.csx"));
        using HttpClient client = new() { BaseAddress = new Uri($"http://127.0.0.1:{sandbox.Port()}") };
        Assert.Contains("<h1>haiku</h1>\n<pre>old pond / a frog leaps in / &lt;water", await client.GetStringAsync("/haiku", TestContext.Current.CancellationToken).Soon(), StringComparison.Ordinal);
        using var nothing = await client.GetAsync("/there/is/nothing", TestContext.Current.CancellationToken).Soon();
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
        await Example.StopAsync(sandbox);
    }

    private static async Task<ClientWebSocket> JoinAsync(Sandbox sandbox)
    {
        var member = await ConnectAsync(sandbox, "/room");
        await SendAsync(member, """{"protocol":"json","version":1}""" + RecordEnd);
        Assert.Equal("{}", await ReceiveRecordAsync(member));
        return member;
    }

    private static async Task<ClientWebSocket> ConnectAsync(Sandbox sandbox, string path)
    {
        ClientWebSocket socket = new();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{sandbox.Port()}{path}"), TestContext.Current.CancellationToken).Soon();
        return socket;
    }

    private static Task SendAsync(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken).Soon();

    private static async Task<string> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1024];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken).Soon();
        Assert.True(received.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, received.Count);
    }

    /// <summary>Returns the next message of a hub, except pings, which may come in the same message of the socket.</summary>
    private static async Task<string> ReceiveRecordAsync(ClientWebSocket socket)
    {
        while (true)
        {
            var records = (await ReceiveAsync(socket)).Split(RecordEnd);
            Assert.Equal("", records[^1]);
            if (records[..^1].Where(record => record != """{"type":6}""").ToList() is { Count: > 0 } messages)
                return Assert.Single(messages);
        }
    }

    private static void AssertStoppedAtOnce(Sandbox sandbox)
    {
        Assert.Contains("Server Shut Down.", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("Still stopping", sandbox.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("grace period", sandbox.Log, StringComparison.Ordinal);
    }
}
