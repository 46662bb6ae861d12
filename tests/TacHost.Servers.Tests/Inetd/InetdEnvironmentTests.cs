using System.Net;
using System.Net.Sockets;
using System.Text;
using TacHost.Processes.Inetd;

namespace TacHost.Servers.Tests.Inetd;

/// <summary>The environment of a program, which is made from that of this process.</summary>
[Collection<AloneCollection>]
public sealed class InetdEnvironmentTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Program_OfAConnection_IsToldWhoTheClientIs()
    {
        Environment.SetEnvironmentVariable("TCPREMOTEHOST", "of somebody else");
        Environment.SetEnvironmentVariable("LISTEN_FDNAMES", "of the host");
        try
        {
            InetdServer server = new([new("127.0.0.1:0", "/usr/bin/env"), new(_directory["socket"], "/usr/bin/env")]);
            await using var running = await RunningService.StartAsync(server);
            using var peer = await Peer.ConnectAsync(server.LocalAddresses[0]);
            var (local, remote) = ((IPEndPoint)server.LocalAddresses[0], (IPEndPoint)peer.Socket.LocalEndPoint!);
            string[] expected =
            [
                "PROTO=TCP", "REMOTE_ADDR=127.0.0.1", $"REMOTE_PORT={remote.Port}", "TCPLOCALIP=127.0.0.1", $"TCPLOCALPORT={local.Port}", "TCPREMOTEIP=127.0.0.1", $"TCPREMOTEPORT={remote.Port}",
                $"PATH={Environment.GetEnvironmentVariable("PATH")}",
            ];
            var variables = Encoding.UTF8.GetString(await peer.ReadToEndAsync()).Split('\n');
            Assert.Empty(expected.Except(variables));
            Assert.DoesNotContain(variables, variable => variable.StartsWith("TCPREMOTEHOST=", StringComparison.Ordinal) || variable.StartsWith("LISTEN_", StringComparison.Ordinal));

            using var byPath = await Peer.ConnectAsync(new UnixDomainSocketEndPoint(_directory["socket"]));
            variables = Encoding.UTF8.GetString(await byPath.ReadToEndAsync()).Split('\n');
            Assert.Empty(new[] { "PROTO=UNIX", $"UNIXREMOTEPID={Environment.ProcessId}", $"UNIXLOCALPATH={_directory["socket"]}" }.Except(variables));
            Assert.DoesNotContain(variables, variable => variable.StartsWith("REMOTE_", StringComparison.Ordinal) || variable.StartsWith("TCP", StringComparison.Ordinal));
            await running.StopAsync();
            Assert.False(File.Exists(_directory["socket"]));
        }
        finally
        {
            Environment.SetEnvironmentVariable("TCPREMOTEHOST", null);
            Environment.SetEnvironmentVariable("LISTEN_FDNAMES", null);
        }
    }
}
