using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using TacHost.Control.Wire;
using TacHost.Interop;

namespace TacHost.Control.Client;

/// <summary>A connection to the control socket of a running process.</summary>
internal sealed class ControlClient : IDisposable
{
    /// <summary>The number of bytes of an answer that are read: a tree of 100,000 services has a tenth of that.</summary>
    private const int LongestAnswer = 256 * 1024 * 1024;

    /// <summary>How long a process may take to accept a connection and to answer a simple question.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly MessageStream _stream;
    private int _lastId;

    private ControlClient(LocalSocket socket, string name)
    {
        _stream = new MessageStream(socket, LongestAnswer);
        (Name, Process, User) = (name, socket.Peer.Process, socket.Peer.User);
    }

    /// <summary>Gets the abstract name of the socket.</summary>
    public string Name { get; }

    /// <summary>Gets the process at the other end, as the kernel says.</summary>
    public int Process { get; }

    /// <summary>Gets the user of that process.</summary>
    public uint User { get; }

    /// <summary>Connects to a name.</summary>
    /// <returns>The connection, or null if nobody listens there, or somebody who is neither root nor the user of this process, nor one whom root asks for.</returns>
    public static ControlClient? Connect(string name)
    {
        if (LocalSocket.Connect(name, Patience) is not { } socket)
            return null;
        var me = Libc.GetEffectiveUserId();
        if (me == 0 || socket.Peer.User == me || socket.Peer.User == 0)
            return new ControlClient(socket, name);
        socket.Dispose();
        return null;
    }

    /// <summary>Connects to a process, by whatever name it listens. Somebody else who listens at its name is left alone.</summary>
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

    /// <summary>Calls a method and waits for the answer.</summary>
    /// <param name="method">The name.</param>
    /// <param name="parameters">The parameters, or null for none.</param>
    /// <param name="patience">How long the answer, and each notification before it, may take.</param>
    /// <param name="onNotification">Called with the parameters of each notification before the answer; returns whether to go on. May be null.</param>
    /// <returns>The result.</returns>
    /// <exception cref="TacHostException">The process refused, did not answer, or has ended.</exception>
    public JsonElement Call(string method, JsonObject? parameters, TimeSpan patience, Func<JsonElement, bool>? onNotification = null)
    {
        try
        {
            if (!_stream.Send(Request(method, parameters), Patience))
                throw Gone();
            while (_stream.Receive(patience) is { } line)
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
            throw new TacHostException(ExitCode.TimedOut, $"process {Process} did not answer within {patience.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException or FormatException)
        {
            throw new TacHostException(ExitCode.Software, $"process {Process} answered something that is not an answer: {e.Message}", e);
        }

        throw Gone();
    }

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

    /// <summary>An error of the process. Codes above 0 are exit codes.</summary>
    private TacHostException Refused(JsonElement error)
    {
        var (code, text) = (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString() ?? "");
        return new TacHostException(
            code switch
            {
                > 0 and < 256 => code,
                ControlError.WrongParameters => ExitCode.Usage,
                ControlError.NoSuchMethod => ExitCode.Unavailable,
                _ => ExitCode.Software,
            },
            code == ControlError.NoSuchMethod ? string.Create(CultureInfo.InvariantCulture, $"process {Process} runs another version of tachost, which cannot do that: {text}") : text);
    }

    private TacHostException Gone() => new(ExitCode.Unavailable, $"process {Process} closed the control connection. It has ended, or has too many clients.");
}
