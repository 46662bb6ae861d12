using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using TacHost.Native;

namespace TacHost.Services.Networking.Clusters;

/// <summary>Asks the control socket of the node that a pid file names (docs/control.md).</summary>
internal static class NodeSocket
{
    private const int LongestAnswer = 64 * 1024 * 1024, FirstSize = 16 * 1024, Root = 0;

    /// <summary>Calls a method without parameters.</summary>
    /// <returns>The line of the answer.</returns>
    /// <exception cref="NodeUnavailableException">The node does not run, or does not answer.</exception>
    public static async Task<ReadOnlyMemory<byte>> CallAsync(string directory, string method, CancellationToken cancellationToken)
    {
        var (process, owner) = Holder(directory);
        try
        {
            using var socket = await ConnectAsync(directory, process, owner, cancellationToken);
            await socket.SendAsync(Encoding.ASCII.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}"}{{"\n"}}"""), cancellationToken);
            ArrayBufferWriter<byte> line = new(FirstSize);
            while (line.WrittenCount < LongestAnswer && await socket.ReceiveAsync(line.GetMemory(FirstSize), cancellationToken) is > 0 and var count)
            {
                line.Advance(count);
                if (line.WrittenSpan[^1] == '\n')
                    return line.WrittenMemory;
            }
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new NodeUnavailableException($"process {process}, the node in '{directory}', does not answer: {e.Message}", e);
        }

        throw new NodeUnavailableException($"process {process}, the node in '{directory}', closed the connection. It answers only its own user and root");
    }

    /// <summary>Returns the process in the pid file of a node, and the owner of the file.</summary>
    private static (int Process, uint Owner) Holder(string directory)
    {
        Span<byte> text = stackalloc byte[16];
        foreach (var path in (ReadOnlySpan<string>)[Path.Combine(directory, ".fleet", "emperor.pid"), Path.Combine(directory, "emperor.pid")])
        {
            try
            {
                using var file = File.OpenHandle(path);
                var digits = text[..RandomAccess.Read(file, text, 0)].TrimEnd((byte)'\n');
                if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var process) && FileStatusOf.Open(file) is { } status)
                    return (process, status.UserId);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new NodeUnavailableException($"the pid file of the node cannot be read: {e.Message}", e);
            }
        }

        throw new NodeUnavailableException($"no node of a cluster runs in '{directory}': there is no emperor.pid");
    }

    /// <summary>Connects to the socket of a process. Anyone can listen on its usual name, so the kernel must confirm the process and its user.</summary>
    private static async Task<Socket> ConnectAsync(string directory, int process, uint owner, CancellationToken cancellationToken)
    {
        foreach (var name in NamesOf(process))
        {
            Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint($"\0{name}"), cancellationToken);
                var (peer, user, _) = LibcStreams.CredentialsOf(socket.SafeHandle);
                if (peer == process && ((uint)user == owner || user == Root))
                    return socket;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
            {
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            socket.Dispose();
        }

        throw new NodeUnavailableException($"no node of a cluster runs in '{directory}': process {process} in its emperor.pid has ended");
    }

    /// <summary>Returns the names that the control socket of a process can have. The table of sockets is read only if the usual one is not its own.</summary>
    private static IEnumerable<string> NamesOf(int process)
    {
        var usual = ControlAddress.Of(process);
        yield return usual;
        foreach (var name in ControlAddress.All().Where(name => name.StartsWith($"{usual}/", StringComparison.Ordinal)))
            yield return name;
    }
}
