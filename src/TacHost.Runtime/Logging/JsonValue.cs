using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace TacHost.Logging;

/// <summary>Writes a logged value as the most similar JSON value.</summary>
internal static class JsonValue
{
    /// <summary>The property name of the message template in Microsoft.Extensions.Logging.</summary>
    public const string Template = "{OriginalFormat}";

    private const int Deepest = 8;
    private const int Longest = 1000;

    /// <summary>Writes a value. Lists are limited to 1000 elements. Values nested too deeply are written as text.</summary>
    public static void Write(Utf8JsonWriter json, object? value, int depth = 0)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool truth:
                json.WriteBooleanValue(truth);
                break;
            case Enum:
                json.WriteStringValue(value.ToString());
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
            case DateTime time:
                json.WriteStringValue(time);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(time);
                break;
            case DateOnly or TimeOnly:
                json.WriteStringValue(((IFormattable)value).ToString("O", CultureInfo.InvariantCulture));
                break;
            case IDictionary map when depth < Deepest:
                json.WriteStartObject();
                foreach (DictionaryEntry entry in map)
                {
                    if (entry.Key as string == Template)
                        continue;
                    json.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? "");
                    Write(json, entry.Value, depth + 1);
                }

                json.WriteEndObject();
                break;
            case IEnumerable list and not string when depth < Deepest:
                json.WriteStartArray();
                foreach (var element in list.Cast<object?>().Take(Longest))
                    Write(json, element, depth + 1);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
