namespace TacHost.Logging;

/// <summary>The form of log lines.</summary>
internal enum LogFormat
{
    /// <summary>For people; see <c>TextFormat</c>.</summary>
    Text,

    /// <summary>For programs; see <c>JsonFormat</c>.</summary>
    Json,
}
