using System.Net;
using System.Net.Sockets;
using TacHost.Services.Networking;
using TacHost.Services.Networking.Listening;

namespace TacHost.Services.Tests.Networking.Listening;

public sealed class ActivatedSocketTests : IDisposable
{
    private readonly Socket _owner = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ActivatedSocketTests()
    {
        _owner.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _owner.Listen();
    }

    [Fact]
    public void Find_Address_ReturnsTheSocketThatIsBoundToIt()
    {
        var address = (IPEndPoint)_owner.LocalEndPoint!;

        Assert.Equal((int)_owner.Handle, Find(address));
        Assert.Null(Find(new IPEndPoint(IPAddress.Any, address.Port)));
        Assert.Null(Find(new IPEndPoint(address.Address, 1)));
        Assert.Null(Find(address, SocketType.Dgram));
        Assert.Null(Find(null));
        Assert.Null(Find(address, process: 1));
    }

    [Fact]
    public async Task Find_NameThatAServiceUses_ReturnsNothing()
    {
        Application application = new("activated");
        TcpServer server = new(0, RecordingFactory.Echo(), "127.0.0.1");
        server.SetServiceParent(application);
        await application.StartAsync(TestContext.Current.CancellationToken);

        Assert.Null(Find(_owner.LocalEndPoint, name: "tcp:127.0.0.1:0", application: application));
        Assert.NotNull(Find(_owner.LocalEndPoint, name: "tcp:127.0.0.1:1", application: application));
        await application.StopAsync(TestContext.Current.CancellationToken);
        Assert.NotNull(Find(_owner.LocalEndPoint, name: "tcp:127.0.0.1:0", application: application));
    }

    [Fact]
    public void Take_TcpSocket_SendsWithoutDelay()
    {
        using var socket = InheritedSocket.Adopt((int)_owner.Handle, "fd:3", "web");

        Assert.True(_owner.NoDelay);
    }

    public void Dispose() => _owner.Dispose();

    private int? Find(EndPoint? address, SocketType type = SocketType.Stream, string name = "tcp:x", Application? application = null, int? process = null)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal) { ["LISTEN_PID"] = $"{process ?? Environment.ProcessId}", ["LISTEN_FDS"] = "1" };
        return ActivatedSocket.Find(address, type, name, application, new ActivationEnvironment(variables.GetValueOrDefault, Environment.ProcessId, (int)_owner.Handle));
    }
}
