using Microsoft.Extensions.Logging;

namespace TacHost.Logging;

/// <summary>What was logged, before it has a form. The properties are the named values of the message's template, if it has one; the scopes are those that the line was logged in, the outermost first.</summary>
internal readonly record struct LogEvent(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Id,
    string Message,
    Exception? Exception,
    IReadOnlyList<KeyValuePair<string, object?>>? Properties,
    IReadOnlyList<object>? Scopes = null);
