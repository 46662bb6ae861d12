using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Win32.SafeHandles;
using TacHost.Control.Wire;

namespace TacHost.Control.Server;

/// <summary>A call on the control socket, with its parameters, its caller and its response.</summary>
internal sealed class ControlCall(string method, JsonElement parameters, ControlReply reply)
{
    public string Method => method;

    /// <summary>Gets the parameters, which are an object or undefined.</summary>
    public JsonElement Parameters => parameters;

    /// <summary>Gets the process and the user of the client, as reported by the kernel.</summary>
    public (int Process, uint User) Caller { get; init; }

    /// <summary>Gets the file descriptor sent with the call, or null. It is closed after the call.</summary>
    public SafeFileHandle? Attached { get; init; }

    /// <summary>Returns a string parameter, or null if it is missing.</summary>
    /// <exception cref="ControlException">The parameter is not a string.</exception>
    public string? Text(string name) =>
        Find(name, JsonValueKind.String, "a string") is { } value ? TextOf(value) ?? throw Error($"The parameter '{name}' is not valid Unicode.") : null;

    /// <summary>Returns the text of a value, or null if the value is not a string or contains half of a surrogate pair.</summary>
    public static string? TextOf(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Returns a required string parameter.</summary>
    /// <exception cref="ControlException">The parameter is missing or is not a string.</exception>
    public string RequiredText(string name) => Text(name) ?? throw Error($"The parameter '{name}' is missing. It is a string.");

    /// <summary>Returns a non-negative integer parameter, or null if it is missing.</summary>
    /// <exception cref="ControlException">The parameter is not a non-negative integer.</exception>
    public int? Number(string name)
    {
        if (Find(name, JsonValueKind.Number, "a whole number, 0 or more") is not { } value)
            return null;
        return value.TryGetInt32(out var number) && number >= 0 ? number : throw Error($"The parameter '{name}' is a whole number, 0 or more.");
    }

    /// <summary>Returns true if a Boolean parameter is given and true.</summary>
    /// <exception cref="ControlException">The parameter is not a Boolean.</exception>
    public bool Flag(string name) =>
        parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False or JsonValueKind.Null => false,
            _ => throw Error($"The parameter '{name}' is true or false."),
        };

    public void Answer<T>(T result, JsonTypeInfo<T> type) => reply.Result(json => JsonSerializer.Serialize(json, result, type));

    /// <summary>Sends a notification before the result.</summary>
    /// <returns>True if the notification was sent. Otherwise, the connection is closed.</returns>
    public bool Notify<T>(T value, JsonTypeInfo<T> type) => reply.Notification(method, json => JsonSerializer.Serialize(json, value, type));

    private JsonElement? Find(string name, JsonValueKind kind, string expected)
    {
        if (parameters.ValueKind != JsonValueKind.Object || !parameters.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return null;
        return value.ValueKind == kind ? value : throw Error($"The parameter '{name}' is {expected}.");
    }

    private static ControlException Error(string message) => new(ControlError.InvalidParameters, message);
}
