using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Win32.SafeHandles;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Control.Client;

/// <summary>A connection to the control socket of a running process.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>The maximum length of a response in bytes. A tree of 100,000 services takes a tenth of this.</summary>
    private const int LongestAnswer = 256 * 1024 * 1024;

    /// <summary>The timeout for the connection and for simple requests.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly LocalSocket _socket;
    private readonly MessageStream _stream;
    private int _lastId;

    private ControlClient(LocalSocket socket, string name)
    {
        (_socket, _stream) = (socket, new MessageStream(socket, LongestAnswer));
        (Name, Process, User) = (name, socket.Peer.Process, socket.Peer.User);
    }

    /// <summary>Gets the abstract name of the socket.</summary>
    public string Name { get; }

    /// <summary>Gets the ID of the peer process, as reported by the kernel.</summary>
    public int Process { get; }

    public uint User { get; }

    /// <summary>Connects to the control socket with a name.</summary>
    /// <returns>
    /// The connection, or null if the socket does not exist or belongs to another user. Sockets of root are always accepted, and root accepts all sockets.
    /// </returns>
    public static ControlClient? Connect(string name)
    {
        if (LocalSocket.Connect(name, Timeout) is not { } socket)
            return null;
        var me = LibcAccounts.GetEuid();
        if (me == 0 || socket.Peer.User == me || socket.Peer.User == 0)
            return new ControlClient(socket, name);
        socket.Dispose();
        return null;
    }

    /// <summary>Connects to the control socket of a process, under any name. Sockets of other processes are ignored.</summary>
    public static ControlClient? Connect(int process)
    {
        foreach (var name in ControlAddress.All().Prepend(ControlAddress.Of(process)).Distinct())
        {
            var client = Connect(name);
            if (client?.Process == process)
                return client;
            client?.Dispose();
        }

        return null;
    }

    /// <summary>Calls a method and waits for the response.</summary>
    /// <param name="method">The name of the method.</param>
    /// <param name="parameters">The parameters, or null.</param>
    /// <param name="timeout">The timeout for the response and for each notification before it.</param>
    /// <param name="onNotification">Called with the parameters of each notification before the response. Returns false to stop waiting. May be null.</param>
    /// <param name="attached">A file descriptor to send with the call, or null.</param>
    /// <returns>The result, or an undefined element if <paramref name="onNotification"/> returned false.</returns>
    /// <exception cref="TacHostException">The process refused the call, did not respond in time, or has exited.</exception>
    public JsonElement Call(string method, JsonObject? parameters, TimeSpan timeout, Func<JsonElement, bool>? onNotification = null, SafeFileHandle? attached = null)
    {
        try
        {
            if (!_stream.Send(Request(method, parameters), Timeout, attached))
                throw Gone();
            while (_stream.Receive(timeout) is { } line)
            {
                using var document = JsonDocument.Parse(line);
                var message = document.RootElement;
                if (message.TryGetProperty("method", out _))
                {
                    if (onNotification?.Invoke(message.GetProperty("params").Clone()) == false)
                        return default;
                    continue;
                }

                if (message.TryGetProperty("error", out var error))
                    throw Refused(error);
                return message.GetProperty("result").Clone();
            }
        }
        catch (TimeoutException)
        {
            throw new TacHostException(ExitCode.TimedOut, $"process {Process} did not answer within {timeout.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new TacHostException(ExitCode.Software, $"process {Process} answered something that is not an answer: {e.Message}", e);
        }

        throw Gone();
    }

    /// <summary>Ends the connection, so that the process cancels a running call. The thread that waits for the response gets an exception.</summary>
    public void Abort() => _socket.ShutDown();

    public void Dispose() => _stream.Dispose();

    private byte[] Request(string method, JsonObject? parameters)
    {
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line, ControlJson.Writer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            json.WriteNumber("id", ++_lastId);
            json.WriteString("method", method);
            if (parameters is not null)
            {
                json.WritePropertyName("params");
                parameters.WriteTo(json);
            }

            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>Converts an error response to an exception. Codes from 1 to 255 are exit codes.</summary>
    private TacHostException Refused(JsonElement error)
    {
        var (code, text) = (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString() ?? "");
        return new TacHostException(
            code switch
            {
                > 0 and < 256 => code,
                ControlError.InvalidParameters => ExitCode.Usage,
                ControlError.NoSuchMethod => ExitCode.Unavailable,
                _ => ExitCode.Software,
            },
            code == ControlError.NoSuchMethod ? string.Create(CultureInfo.InvariantCulture, $"process {Process} runs another version of tachost, which cannot do that: {text}") : text);
    }

    private TacHostException Gone() => new(ExitCode.Unavailable, $"process {Process} closed the control connection. It has ended, or has too many clients.");
}
