using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using TacHost.Services.Networking;

namespace TacHost.Processes.Inetd;

/// <summary>The internal services of inetd: echo (RFC 862), discard (RFC 863), chargen (RFC 864), daytime (RFC 867) and time (RFC 868).</summary>
internal static class InternalServices
{
    /// <summary>The first of the printable characters in chargen lines. Each line begins one character later than the previous line.</summary>
    private const int FirstPrintable = 0x20;
    private const int Printables = 95;
    private const int LineWidth = 72;
    private const int LineLength = LineWidth + 2;

    private static readonly Dictionary<string, int> _ports = new() { ["echo"] = 7, ["discard"] = 9, ["daytime"] = 13, ["chargen"] = 19, ["time"] = 37 };

    /// <summary>Gets the complete text of chargen, which is repeated.</summary>
    public static byte[] Characters { get; } = MakeCharacters();

    /// <summary>Returns the name of the internal service from the arguments, or from the address if there are no arguments.</summary>
    /// <exception cref="FormatException">The internal service does not exist.</exception>
    public static string NameOf(InetdAddress address, IReadOnlyList<string> arguments)
    {
        var name = arguments.Count > 0 ? arguments[0] : _ports.ContainsKey(address.Name) ? address.Name : _ports.FirstOrDefault(pair => !address.IsUnix && pair.Value == address.Port).Key ?? address.Name;
        return _ports.ContainsKey(name) && arguments.Count < 2
            ? name
            : throw new FormatException($"there is no internal service '{string.Join(' ', arguments.DefaultIfEmpty(address.Name))}', only {string.Join(", ", _ports.Keys)}. For another port, write its name after 'internal'.");
    }

    /// <summary>Returns the complete response of a service that sends only a response: the time as text or as a number. Returns null for other services.</summary>
    public static byte[]? Response(string name, DateTimeOffset now) => name switch
    {
        "daytime" => Encoding.ASCII.GetBytes(now.ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture) + "\r\n"),
        "time" => SecondsSince1900(now),
        _ => null,
    };

    private static byte[] SecondsSince1900(DateTimeOffset now)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, unchecked((uint)(now - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds));
        return bytes;
    }

    private static byte[] MakeCharacters()
    {
        var text = new byte[Printables * LineLength];
        for (var line = 0; line < Printables; line++)
        {
            var start = line * LineLength;
            for (var column = 0; column < LineWidth; column++)
                text[start + column] = (byte)(FirstPrintable + ((line + column) % Printables));
            text[start + LineWidth] = (byte)'\r';
            text[start + LineWidth + 1] = (byte)'\n';
        }

        return text;
    }

    /// <summary>A factory that creates the protocol of an internal stream service.</summary>
    internal sealed class Streams(string name, TimeProvider timeProvider) : ServerFactory
    {
        /// <inheritdoc/>
        protected internal override Protocol BuildProtocol(EndPoint peer) => name switch
        {
            "echo" => new Echo(),
            "discard" => new Discard(),
            "chargen" => new Chargen(),
            _ => new SingleResponse(Response(name, timeProvider.GetLocalNow())!),
        };
    }

    private sealed class Echo : PipeProtocol
    {
        protected override async Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
        {
            while (await pipe.Input.ReadAsync(cancellationToken) is { } read && !(read.IsCompleted && read.Buffer.IsEmpty))
            {
                foreach (var segment in read.Buffer)
                    pipe.Output.Write(segment.Span);
                pipe.Input.AdvanceTo(read.Buffer.End);
                await pipe.Output.FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>A protocol that discards received data. When the client half-closes, the connection is closed.</summary>
    private sealed class Discard : Protocol;

    private sealed class Chargen : PipeProtocol
    {
        protected override async Task RunAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested && !StoppingToken.IsCancellationRequested)
                await pipe.Output.WriteAsync(Characters, cancellationToken);
        }
    }

    private sealed class SingleResponse(byte[] response) : Protocol
    {
        protected override void ConnectionMade()
        {
            Transport.Write(response);
            Transport.LoseConnection();
        }
    }
}
