using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking.Listening;

public sealed class InheritedSocketTests : IDisposable
{
    private readonly Socket _owner = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public InheritedSocketTests() => _owner.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private int Descriptor => (int)_owner.Handle;

    [Fact]
    public async Task Take_ListeningSocket_ServesItAndLeavesItListening()
    {
        _owner.Listen();
        for (var round = 0; round < 2; round++)
        {
            var factory = RecordingFactory.Echo();
            factory.DoStart(Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
            StreamListener listener = new(InheritedSocket.Adopt(Descriptor, "fd:3", "web"), new ListenerSettings("web", factory.Logger) { Factory = factory });
            listener.Start();
            using (var client = await Client.ConnectAsync(_owner.LocalEndPoint!))
            {
                await client.SendAsync("hello");
                Assert.Equal("hello", await client.ReadAsync(5));
            }

            await listener.CloseAsync().Soon();
            await listener.DrainAsync(TestContext.Current.CancellationToken).Soon();
        }

        // Whoever shares the socket still accepts with it, also what came while nobody did.
        using var late = await Client.ConnectAsync(_owner.LocalEndPoint!);
        using var accepted = await _owner.AcceptAsync(TestContext.Current.CancellationToken).AsTask().Soon();
        Assert.Equal(late.Socket.LocalEndPoint, accepted.RemoteEndPoint);
    }

    [Fact]
    public void Take_SocketThatDoesNotListen_IsRefused()
    {
        var failure = Assert.Throws<CannotListenException>(() => InheritedSocket.Adopt(Descriptor, "fd:3", "web"));
        Assert.Contains("not a stream socket that listens", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_ClosedDescriptor_IsRefused()
    {
        var failure = Assert.Throws<CannotListenException>(() => InheritedSocket.Adopt(1_000_000, "fd:1000000", "web"));
        Assert.StartsWith("The service 'web' cannot listen on fd:1000000, because of file descriptor 1000000: it is not open.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Take_File_IsRefused()
    {
        using var file = File.OpenHandle("/dev/null");
        var failure = Assert.Throws<CannotListenException>(() => InheritedSocket.Adopt((int)file.DangerousGetHandle(), "fd:9", "web"));
        Assert.Contains("not a stream socket that listens", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _owner.Dispose();
}
