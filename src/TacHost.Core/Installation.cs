namespace TacHost;

/// <summary>The paths of the two programs: the command <c>tachost</c>, and the host in its directory <c>host/</c>.</summary>
internal static class Installation
{
    private const string Program = "tachost", Folder = "host/", Assembly = "tachost-host.dll";

    /// <summary>Gets whether this program is the command; otherwise it is the host.</summary>
    private static readonly bool _isFront = File.Exists(Path.Combine(AppContext.BaseDirectory, Folder, Assembly));

    /// <summary>Gets the directory of the host, with its assemblies and its plugins. Ends with a slash.</summary>
    public static string HostDirectory { get; } = _isFront ? Path.Combine(AppContext.BaseDirectory, Folder) : AppContext.BaseDirectory;

    public static string HostProgram { get; } = HostDirectory + Program;

    public static string HostAssembly { get; } = HostDirectory + Assembly;

    public static string FrontProgram { get; } = _isFront ? AppContext.BaseDirectory + Program : Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", Program));
}
