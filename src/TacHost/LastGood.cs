using TacHost.CommandLine;

namespace TacHost;

/// <summary>The deployment of a tac file that ran last, in the cache directory: for <c>--last-good</c>.</summary>
internal sealed class LastGood(CacheDirectory directory)
{
    private const string Extension = ".good";

    public static LastGood Open() => new(CacheDirectory.Open());

    /// <summary>Returns the file that a process writes when the tac file runs, or null without a cache directory.</summary>
    public string? FileOf(string tac) => directory.Path is { } path ? Path.Combine(path, NameOf(tac)) : null;

    /// <summary>Returns the deployment that ran last, or null.</summary>
    public PreparedApplication.Tac? Find(string tac)
    {
        try
        {
            return directory.Read(NameOf(tac)) is { } bytes && Fingerprint.IsAtFrontOf(bytes) && PreparedApplication.FromBytes(bytes[Fingerprint.Size..]) is [PreparedApplication.Tac found] ? found : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or ArgumentException)
        {
            // The file is not readable, or has the format of another version.
            return null;
        }
    }

    /// <summary>Returns the deployment that ran last, with the reason in the log and on the terminal.</summary>
    /// <param name="tac">The tac file.</param>
    /// <param name="failure">The failure of the tac file as it is now.</param>
    /// <exception cref="TacHostException">No deployment is known.</exception>
    public PreparedApplication.Tac Require(string tac, TacHostException failure)
    {
        if (Find(tac) is not { } found)
            throw new TacHostException(failure.ExitCode, $"{failure.Message}\n--last-good has nothing to run instead, because '{tac}' has not run here before.", failure);
        var notice = $"'{tac}' CANNOT RUN AS IT IS. --last-good runs the version that ran last. The reason: {failure.Message}";
        Terminal.WriteError($"tachost: {SingleLine.EscapeLines(notice)}\n");
        return found with { Notices = [.. found.Notices, notice] };
    }

    private static string NameOf(string tac)
    {
        Fingerprint print = new();
        print.Append(System.Text.Encoding.UTF8.GetBytes(Path.GetFullPath(tac)));
        return print + Extension;
    }
}
