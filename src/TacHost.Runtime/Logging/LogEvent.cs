using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>
/// A log event before formatting. The properties are the named values of the message template, if there is one. The
/// scopes are those in which the event was logged, the outermost first.
/// </summary>
internal readonly record struct LogEvent(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Id,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>>? Properties,
    IReadOnlyList<object>? Scopes = null);
