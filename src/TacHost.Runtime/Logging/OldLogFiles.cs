using System.Globalization;
using TacHost.Interop;

namespace TacHost.Logging;

/// <summary>The files a log was rotated into: its name and a number, 1 for the newest.</summary>
/// <param name="directory">Where they are.</param>
/// <param name="name">The name of the current file.</param>
/// <param name="keep">How many there may be, or 0 for any number.</param>
internal sealed class OldLogFiles(OpenDirectory directory, string name, int keep)
{
    /// <summary>The name of the newest.</summary>
    public string Newest => Numbered(1);

    /// <summary>The names of those there are, the newest first.</summary>
    public IEnumerable<string> Names => Enumerable.Range(1, Count).Select(Numbered);

    /// <summary>Only an unbroken run from 1 need be renamed to free its first name.</summary>
    private int Count
    {
        get
        {
            var count = 0;
            while (directory.Status(Numbered(count + 1)) is not null)
                count++;
            return count;
        }
    }

    /// <summary>Frees the newest one's name: gives each the next number, and deletes those that are too many by then.</summary>
    /// <returns>False if that failed; nothing is lost then, but a number may be missing.</returns>
    public bool MakeRoom()
    {
        for (var number = Count; number > 0; number--)
        {
            if (!(keep > 0 && number >= keep ? directory.Delete(Numbered(number)) : directory.Rename(Numbered(number), Numbered(number + 1))))
                return false;
        }

        return true;
    }

    /// <summary>Deletes those that were last written before a time.</summary>
    public void DeleteBefore(DateTimeOffset time)
    {
        for (var number = Count; number > 0 && directory.Status(Numbered(number)) is { } status && status.ModifiedSeconds < time.ToUnixTimeSeconds(); number--)
        {
            if (!directory.Delete(Numbered(number)))
                return;
        }
    }

    private string Numbered(int number) => string.Create(CultureInfo.InvariantCulture, $"{name}.{number}");
}
