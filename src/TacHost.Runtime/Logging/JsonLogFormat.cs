using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TacHost.Logging;

/// <summary>The log format for programs: one JSON object per line.</summary>
/// <remarks>
/// <c>timestamp</c> (ISO 8601 with offset), <c>level</c>, <c>category</c> and <c>message</c> are always present. Optional are <c>event</c>, the
/// name of the event, <c>properties</c>, the named values of the message, <c>scopes</c>, the outermost first, and <c>exception</c>.
/// Values are JSON numbers, lists and objects; times are in ISO 8601.
/// </remarks>
internal sealed class JsonLogFormat : ILineFormat
{
    /// <summary>Gets the first UTF-8 bytes of U+061C and of U+2000 to U+2FFF.</summary>
    private static ReadOnlySpan<byte> FirstBytes => [0xD8, 0xE2];

    /// <summary>The options: text in any script stays readable. Control characters, including non-ASCII ones, and line separators are escaped.</summary>
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _line;

    public void Write(in LogEvent logEvent, IBufferWriter<byte> output)
    {
        var line = _line ?? new ArrayBufferWriter<byte>();
        _line = null; // formatting a value may log recursively
        line.ResetWrittenCount();
        WriteObject(logEvent, line);
        CopyEscaped(line.WrittenSpan, output);
        output.Write("\n"u8);
        _line = line;
    }

    private static void WriteObject(in LogEvent logEvent, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, _options))
        {
            json.WriteStartObject();
            json.WriteString("timestamp", logEvent.Time);
            json.WriteString("level", LogLevelName.Of(logEvent.Level));
            json.WriteString("category", logEvent.Category);
            if (logEvent.Id.Name is { } name)
                json.WriteString("event", name);
            json.WriteString("message", logEvent.Message);
            WriteProperties(json, logEvent.Properties);
            WriteScopes(json, logEvent.Scopes);
            if (logEvent.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }
    }

    /// <summary>Escapes the characters that change the text direction, which the encoder does not escape. These occur only in strings.</summary>
    private static void CopyEscaped(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        while (json.IndexOfAny(FirstBytes) is >= 0 and var at)
        {
            Rune.DecodeFromUtf8(json[at..], out var rune, out var length);
            output.Write(json[..at]);
            if (rune.IsBmp && UnsafeText.IsUnsafe((char)rune.Value))
                Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"), output);
            else
                output.Write(json.Slice(at, length));
            json = json[(at + length)..];
        }

        output.Write(json);
    }

    /// <summary>Writes scopes with named values as objects, others as text.</summary>
    private static void WriteScopes(Utf8JsonWriter json, IReadOnlyList<object>? scopes)
    {
        if (scopes is null)
            return;
        json.WriteStartArray("scopes");
        foreach (var scope in scopes)
            JsonValue.Write(json, scope is IEnumerable<KeyValuePair<string, object?>> values ? new Dictionary<string, object?>(values.DistinctBy(value => value.Key)) : scope);
        json.WriteEndArray();
    }

    private static void WriteProperties(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>>? properties)
    {
        if (properties is null || properties.All(property => property.Key == JsonValue.Template))
            return;
        json.WriteStartObject("properties");
        foreach (var (name, value) in properties)
        {
            if (name == JsonValue.Template)
                continue;
            json.WritePropertyName(name);
            JsonValue.Write(json, value);
        }

        json.WriteEndObject();
    }
}
