using System.Globalization;
using TacHost.Native;

namespace TacHost.Logging;

/// <summary>The rotated log files: the name of the log followed by a number, 1 for the newest.</summary>
/// <param name="directory">The directory of the files.</param>
/// <param name="name">The name of the current file.</param>
/// <param name="keep">The maximum number of files, or 0 for no limit.</param>
internal sealed class OldLogFiles(OpenDirectory directory, string name, int keep)
{
    public string Newest => Numbered(1);

    /// <summary>Gets the names of the existing files, the newest first.</summary>
    public IEnumerable<string> Names => Enumerable.Range(1, Count).Select(Numbered);

    /// <summary>Gets the number of files numbered continuously from 1. Only these must be renamed to free the first name.</summary>
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

    /// <summary>Frees the name of the newest file: increments the number of each file, and deletes files beyond the maximum.</summary>
    /// <returns>False after an error. Then no file is lost, but a number may be missing.</returns>
    public bool MakeRoom()
    {
        for (var number = Count; number > 0; number--)
        {
            if (!(keep > 0 && number >= keep ? directory.Delete(Numbered(number)) : directory.Rename(Numbered(number), Numbered(number + 1))))
                return false;
        }

        return true;
    }

    /// <summary>Deletes the files that were last modified before a time.</summary>
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
