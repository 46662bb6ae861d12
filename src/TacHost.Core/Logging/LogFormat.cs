namespace TacHost.Logging;

/// <summary>The form of log lines.</summary>
internal enum LogFormat
{
    /// <summary>For people; see <c>TextLogFormat</c>.</summary>
    Text,

    /// <summary>For programs; see <c>JsonLogFormat</c>.</summary>
    Json,
}
