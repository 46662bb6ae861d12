using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using TacHost.Control.Wire;

namespace TacHost.Control.Client;

/// <summary>Formats JSON for <c>--json</c>: indented, with a final line feed.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions _indented = ControlJson.Writer with { Indented = true };

    public static string Of<T>(T value, JsonTypeInfo<T> type) => Of(json => JsonSerializer.Serialize(json, value, type));

    public static string Of(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> text = new();
        using (Utf8JsonWriter json = new(text, _indented))
            write(json);
        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }
}
