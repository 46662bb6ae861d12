using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace TacHost;

/// <summary>A log message with named values, for the few messages of every start.</summary>
/// <remarks>
/// For each [LoggerMessage], the runtime instantiates generic types and compiles their methods on first use. This class is shared by
/// all messages and precompiled, which saves 7 ms until the first poem. It formats with the invariant culture, as generated code does.
/// </remarks>
internal sealed class LogMessage : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <summary>The property name of the message template, as in Microsoft.Extensions.Logging.</summary>
    private const string Template = "{OriginalFormat}";

    private readonly string _template;
    private readonly object?[] _values;

    private LogMessage(string template, object?[] values) => (_template, _values) = (template, values);

    /// <inheritdoc/>
    public int Count => _values.Length + 1;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index == _values.Length ? new(Template, _template) : new(NameOf(index), _values[index]);

    /// <summary>Logs a message.</summary>
    /// <param name="logger">The logger.</param>
    /// <param name="id">The event ID.</param>
    /// <param name="template">The message template, with a name in braces for each value.</param>
    /// <param name="values">The values, in the order of the names.</param>
    /// <param name="name">The event name, which is the name of the calling method.</param>
    public static void Information(ILogger logger, int id, string template, object?[] values, [CallerMemberName] string name = "")
    {
        if (logger.IsEnabled(LogLevel.Information))
            logger.Log(LogLevel.Information, new EventId(id, name), new LogMessage(template, values), null, static (message, _) => message.ToString());
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        DefaultInterpolatedStringHandler text = new(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
        var rest = _template.AsSpan();
        foreach (var value in _values)
        {
            var brace = rest.IndexOf('{');
            text.AppendFormatted(rest[..brace]);
            text.AppendFormatted(value ?? "(null)");
            rest = rest[(rest.IndexOf('}') + 1)..];
        }

        text.AppendFormatted(rest);
        return text.ToStringAndClear();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private string NameOf(int index)
    {
        var start = 0;
        for (var i = 0; i <= index; i++)
            start = _template.IndexOf('{', start) + 1;
        return _template[start.._template.IndexOf('}', start)];
    }
}
