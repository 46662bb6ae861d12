using System.Globalization;

namespace TacHost.Native;

/// <summary>The environment variables of socket activation, sd_listen_fds_with_names(3).</summary>
internal static class ListenVariables
{
    /// <summary>SD_LISTEN_FDS_START.</summary>
    public const int FirstDescriptor = 3;

    public const string Process = "LISTEN_PID";
    public const string Count = "LISTEN_FDS";
    public const string Names = "LISTEN_FDNAMES";

    /// <summary>The upper limit for the count, against invalid values: the default of fs.nr_open, the maximum number of descriptors of a process.</summary>
    private const int MostDescriptors = 1_048_576;

    /// <summary>Returns the number of sockets, or 0 if the text is not a valid number.</summary>
    public static int ParseCount(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MostDescriptors ? count : 0;
}
