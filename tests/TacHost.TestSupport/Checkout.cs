namespace TacHost.TestSupport;

/// <summary>The checkout that the tests were built in.</summary>
public static class Checkout
{
    /// <summary>Gets the path of its root, the directory of TacHost.sln.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "TacHost.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run below a checkout.");
        return directory.FullName;
    }
}
