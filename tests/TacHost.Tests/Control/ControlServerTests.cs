using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TacHost.Control.Client;
using TacHost.Control.Server;
using TacHost.Control.Wire;

namespace TacHost.Tests.Control;

/// <summary>The server in this process, of which there is one socket at a time.</summary>
[Collection("control socket")]
public sealed class ControlServerTests
{
    [Fact]
    public async Task Listen_WhereAStrangerHasTheName_TakesAnotherThatClientsFind()
    {
        using var stranger = Process.Start(new ProcessStartInfo("socat", [$"ABSTRACT-LISTEN:{ControlAddress.Of(Environment.ProcessId)},fork", "EXEC:cat"]))!;
        try
        {
            await Until.TrueAsync(() => ControlAddress.All().Contains(ControlAddress.Of(Environment.ProcessId)), "the stranger");
            using var server = ControlServer.Listen(NullLogger.Instance)!;
            server.Serve(Methods);

            using var client = ControlClient.Connect(Environment.ProcessId);

            Assert.StartsWith($"{ControlAddress.Of(Environment.ProcessId)}/", client!.Name, StringComparison.Ordinal);
            Assert.Equal("server", Call(client, "who"));
        }
        finally
        {
            stranger.Kill(entireProcessTree: true);
            await stranger.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task Call_WhoseClientVanishes_IsCancelled()
    {
        TaskCompletionSource began = new(), cancelled = new();
        using var server = ControlServer.Listen(NullLogger.Instance)!;
        server.Serve(() =>
        {
            var methods = Methods();
            methods.Add("wait", async (_, cancellationToken) =>
            {
                began.SetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancelled.SetResult();
            });
            return methods;
        });
        var socket = await AskAsync(server, "wait");
        await began.Task.WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);

        socket.Dispose();

        await cancelled.Task.WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Call_WhoseClientHasEndedItsSending_IsAnswered()
    {
        using var server = ControlServer.Listen(NullLogger.Instance, new ControlLimits { HangUpInterval = TimeSpan.FromMilliseconds(1) })!;
        server.Serve(() =>
        {
            var methods = Methods();
            methods.Add("wait", (_, cancellationToken) => Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken));
            return methods;
        });
        using var socket = await AskAsync(server, "wait");

        using StreamReader lines = new(new NetworkStream(socket));
        socket.Shutdown(SocketShutdown.Send);

        Assert.Equal("""{"jsonrpc":"2.0","result":null,"id":1}""", await lines.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Bounded.Patience, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Call_ThatThrows_IsAnsweredWithTheExitCodeOrAsADefect()
    {
        using var server = ControlServer.Listen(NullLogger.Instance)!;
        server.Serve(Methods);
        using var client = ControlClient.Connect(server.Name)!;

        Assert.Equal((ExitCode.NoInput, "gone"), Failure(client, "refuse"));
        Assert.Equal(ExitCode.Software, Failure(client, "break").Code);
        Assert.Equal(ExitCode.Unavailable, Failure(client, "unknown").Code);
        Assert.Equal("server", Call(client, "who"));
    }

    [Fact]
    public void Call_WithNotifications_GivesThemBeforeTheAnswer()
    {
        using var server = ControlServer.Listen(NullLogger.Instance)!;
        server.Serve(Methods);
        using var client = ControlClient.Connect(server.Name)!;
        List<string?> told = [];

        client.Call("count", null, Bounded.Patience, each =>
        {
            told.Add(each.GetProperty("version").GetString());
            return true;
        });

        Assert.Equal(["1", "2", "3"], told);
    }

    [Fact]
    public void Dispose_EndsAllConnections()
    {
        var server = ControlServer.Listen(NullLogger.Instance)!;
        server.Serve(Methods);
        using var client = ControlClient.Connect(server.Name)!;
        Assert.Equal("server", Call(client, "who"));

        server.Dispose();

        Assert.Equal(ExitCode.Unavailable, Failure(client, "who").Code);
        Assert.Null(ControlClient.Connect(server.Name));
    }

    private static async Task<Socket> AskAsync(ControlServer server, string method)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint($"\0{server.Name}"), TestContext.Current.CancellationToken);
        await socket.SendAsync(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}""" + "\n"), TestContext.Current.CancellationToken);
        return socket;
    }

    private static ControlMethods Methods()
    {
        ControlMethods methods = new();
        methods.Add("who", call => call.Answer(new ProcessReport { Version = "server" }, ControlJson.Default.ProcessReport));
        methods.Add("refuse", _ => throw new TacHostException(ExitCode.NoInput, "gone"));
        methods.Add("break", _ => throw new InvalidOperationException("defect"));
        methods.Add("count", call =>
        {
            for (var i = 1; i <= 3; i++)
                call.Notify(new ProcessReport { Version = i.ToString(CultureInfo.InvariantCulture) }, ControlJson.Default.ProcessReport);
        });
        return methods;
    }

    private static string? Call(ControlClient client, string method) => client.Call(method, null, Bounded.Patience).GetProperty("version").GetString();

    private static (int Code, string Message) Failure(ControlClient client, string method)
    {
        var failure = Assert.Throws<TacHostException>(() => client.Call(method, null, Bounded.Patience));
        return (failure.ExitCode, failure.Message);
    }
}
