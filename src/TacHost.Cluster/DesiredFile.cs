using System.Text;
using System.Text.Json;
using TacHost.Control.Wire;
using TacHost.Native;

namespace TacHost.Cluster;

/// <summary>The copy of the desired state on the disk of a node. After a stop of all nodes, the highest version counts.</summary>
internal sealed class DesiredFile(string directory)
{
    private readonly string _path = Path.Combine(directory, "desired.json");

    /// <summary>Reads the file.</summary>
    /// <returns>The state, or an empty one if the file does not exist.</returns>
    /// <exception cref="TacHostException">The file exists, and is not what this class writes.</exception>
    public ClusterSet Read()
    {
        try
        {
            return File.Exists(_path) ? DesiredText.Read(File.ReadAllText(_path)) : new ClusterSet();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new TacHostException(ExitCode.NoInput, $"cannot read the desired state of the cluster from '{_path}': {e.Message} Remove the file if another node has the state.", e);
        }
    }

    /// <summary>Writes the file, so that after a crash it is the old one or the new one.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(ClusterSet desired) => StateFile.Write(_path, Encoding.UTF8.GetBytes(DesiredText.Of(desired)), ".new", reachesDisk: true);
}

/// <summary>The text form of a desired state.</summary>
internal static class DesiredText
{
    public static string Of(ClusterSet desired) => JsonSerializer.Serialize(desired, ControlJson.Default.ClusterSet);

    /// <summary>Reads a state.</summary>
    /// <exception cref="JsonException">The text is not that of a state.</exception>
    public static ClusterSet Read(string text) => JsonSerializer.Deserialize(text, ControlJson.Default.ClusterSet) ?? throw new JsonException("The text is null.");
}
