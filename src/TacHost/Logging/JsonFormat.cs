using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace TacHost.Logging;

/// <summary>The form for programs: one JSON object a line.</summary>
/// <remarks>
/// <c>timestamp</c> (ISO 8601 with offset), <c>level</c>, <c>category</c> and <c>message</c> are always there; <c>event</c>, the name of the kind of event,
/// <c>properties</c>, the named values of the message, and <c>exception</c> where there is one.
/// </remarks>
internal sealed class JsonFormat : ILineFormat
{
    /// <summary>Text in any script stays readable; control characters, also those beyond ASCII, and line separators are escaped.</summary>
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public void Write(in LogEvent logEvent, IBufferWriter<byte> output)
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
            if (logEvent.Exception is { } exception)
                json.WriteString("exception", exception.ToString());
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteProperties(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>>? properties)
    {
        const string template = "{OriginalFormat}"; // what Microsoft.Extensions.Logging calls the message before its values are filled in
        if (properties is null || properties.All(property => property.Key == template))
            return;
        json.WriteStartObject("properties");
        foreach (var (name, value) in properties)
        {
            if (name == template)
                continue;
            json.WritePropertyName(name);
            WriteValue(json, value);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case decimal number:
                json.WriteNumberValue(number);
                break;
            case float or double when Convert.ToDouble(value, CultureInfo.InvariantCulture) is var number && double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
