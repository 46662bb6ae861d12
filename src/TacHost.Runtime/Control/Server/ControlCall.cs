using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;
using TacHost.Control.Wire;

namespace TacHost.Control.Server;

/// <summary>A call of the control socket: its parameters, who calls, and the answer.</summary>
internal sealed class ControlCall(string method, JsonElement parameters, ControlReply reply)
{
    /// <summary>Gets the name of the method.</summary>
    public string Method => method;

    /// <summary>Gets the parameters: an object, or nothing.</summary>
    public JsonElement Parameters => parameters;

    /// <summary>Gets the process and the user of the client, as the kernel says.</summary>
    public (int Process, uint User) Caller { get; init; }

    /// <summary>Gets the descriptor that came with the call, or null. It is closed after the call.</summary>
    public SafeFileHandle? Attached { get; init; }

    /// <summary>Returns a parameter that is a text; null if it is not given.</summary>
    /// <exception cref="ControlException">It is something else.</exception>
    public string? Text(string name) => Find(name, JsonValueKind.String, "a string")?.GetString();

    /// <summary>Returns a parameter that must be given and is a text.</summary>
    /// <exception cref="ControlException">It is something else, or missing.</exception>
    public string RequiredText(string name) => Text(name) ?? throw Wrong($"The parameter '{name}' is missing. It is a string.");

    /// <summary>Returns a parameter that is a whole number, not below 0; null if it is not given.</summary>
    /// <exception cref="ControlException">It is something else.</exception>
    public int? Number(string name)
    {
        if (Find(name, JsonValueKind.Number, "a whole number, 0 or more") is not { } value)
            return null;
        return value.TryGetInt32(out var number) && number >= 0 ? number : throw Wrong($"The parameter '{name}' is a whole number, 0 or more.");
    }

    /// <summary>Returns whether a parameter is given and true.</summary>
    /// <exception cref="ControlException">It is something else than true or false.</exception>
    public bool Flag(string name) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw Wrong($"The parameter '{name}' is true or false."),
        };

    /// <summary>Sends the result. Without a call of this, the result is null.</summary>
    public void Answer<T>(T result, JsonTypeInfo<T> type) => reply.Result(json => JsonSerializer.Serialize(json, result, type));

    /// <summary>Sends a notification before the result: something that has happened.</summary>
    /// <returns>Whether the client took it. If it did not, the connection is over.</returns>
    public bool Notify<T>(T value, JsonTypeInfo<T> type) => reply.Notification(method, json => JsonSerializer.Serialize(json, value, type));

    private JsonElement? Find(string name, JsonValueKind kind, string expected)
    {
        if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw Wrong($"The parameter '{name}' is {expected}.");
    }

    private static ControlException Wrong(string message) => new(ControlError.WrongParameters, message);
}
