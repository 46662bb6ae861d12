using System.Buffers;
using System.Text.Json;
using TacHost.Control.Wire;

namespace TacHost.Control.Server;

/// <summary>Sends the messages for a request: notifications, then one response. Sends nothing if the request is a notification.</summary>
/// <param name="stream">The connection.</param>
/// <param name="id">The ID of the request as JSON, or null for a notification.</param>
/// <param name="timeout">The timeout for sending a message.</param>
internal sealed class ControlReply(MessageStream stream, JsonElement? id, TimeSpan timeout)
{
    public bool IsSent { get; private set; }

    /// <summary>Gets whether all messages so far have been sent.</summary>
    public bool IsTaken { get; private set; } = true;

    public void Result(Action<Utf8JsonWriter> value) => Respond("result", value);

    public void Error(int code, string message) => Respond("error", json =>
    {
        json.WriteStartObject();
        json.WriteNumber("code", code);
        json.WriteString("message", message);
        json.WriteEndObject();
    });

    /// <summary>Sends a notification.</summary>
    /// <returns>True if the notification was sent.</returns>
    public bool Notification(string method, Action<Utf8JsonWriter> parameters) => Send(json =>
    {
        json.WriteString("method", method);
        json.WritePropertyName("params");
        parameters(json);
    });

    private void Respond(string name, Action<Utf8JsonWriter> value)
    {
        if (IsSent)
            throw new InvalidOperationException("The call has been answered already.");
        IsSent = true;
        Send(json =>
        {
            json.WritePropertyName(name);
            value(json);
            json.WritePropertyName("id");
            id!.Value.WriteTo(json);
        });
    }

    private bool Send(Action<Utf8JsonWriter> members)
    {
        if (id is null || !IsTaken)
            return false;
        ArrayBufferWriter<byte> line = new();
        using (Utf8JsonWriter json = new(line, ControlJson.Writer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc", "2.0");
            members(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return IsTaken = stream.Send(line.WrittenSpan, timeout);
    }
}
