using System.Globalization;

namespace TacHost.TestSupport.Running;

/// <summary>The TCP sockets on which the process of the tests itself listens.</summary>
internal static class OwnListeners
{
    private const string Listening = "0A";

    public static IEnumerable<string> Find()
    {
        // What nobody holds any longer is closed by its finalizer, and no leak of a test.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var own = new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Select(descriptor => descriptor.LinkTarget).ToHashSet();
        return ((string[])["/proc/self/net/tcp", "/proc/self/net/tcp6"]).Where(File.Exists)
            .SelectMany(file => File.ReadLines(file).Skip(1))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns[3] == Listening && own.Contains($"socket:[{columns[9]}]"))
            .Select(columns => $"on port {int.Parse(columns[1].Split(':')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture)}");
    }
}
