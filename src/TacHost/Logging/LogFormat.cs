namespace TacHost.Logging;

/// <summary>The form of log lines.</summary>
internal enum LogFormat
{
    /// <summary>For people; see <see cref="TextFormat"/>.</summary>
    Text,

    /// <summary>For programs; see <see cref="JsonFormat"/>.</summary>
    Json,
}
