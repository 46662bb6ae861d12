using TacHost.Native;

namespace TacHost;

/// <summary>Keeps a deployment that runs, for a start with <c>--last-good</c>.</summary>
internal static class LastGoodFile
{
    /// <summary>Writes the file atomically. Has no effect if the file has this content.</summary>
    /// <returns>The reason why it could not be written, or null.</returns>
    public static string? Write(string path, PreparedApplication.Tac prepared)
    {
        var content = PreparedApplication.ToBytes([prepared with { Notices = [], Details = [] }]);
        var bytes = new byte[Fingerprint.Size + content.Length];
        content.CopyTo(bytes, Fingerprint.Size);
        Fingerprint.Write(content, bytes);
        try
        {
            if (File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return null;
            StateFile.Write(path, bytes, $".{Environment.ProcessId}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"This deployment is not kept for --last-good: {e.Message}";
        }
    }
}
