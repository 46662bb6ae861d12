using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Plugins;

/// <summary>The code of one plugin, in a form that can be handed on: exactly what was checked is what runs.</summary>
/// <param name="Name">The plugin.</param>
/// <param name="TypeName">Its service maker.</param>
/// <param name="Path">Where it comes from.</param>
/// <param name="Code">Its assemblies: that of the plugin last, after what it is compiled against.</param>
/// <param name="Libraries">Absolute paths of the assemblies that a script refers to; their directories and that of an assembly are searched for more.</param>
internal sealed record PluginCode(string Name, string TypeName, string Path, IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries)
{
    /// <summary>Loads it, apart from all else, and makes its service maker.</summary>
    /// <exception cref="TacHostException">It cannot be loaded, or its constructor threw.</exception>
    public IServiceMaker Load(IReadOnlyList<string> directories)
    {
        try
        {
            var context = new IsolatedLoadContext(Name, typeof(IService).Assembly, Libraries, [System.IO.Path.GetDirectoryName(Path)!, .. directories]);
            var type = context.LoadMain(Code).GetType(TypeName, throwOnError: true)!;
            return typeof(IServiceMaker).IsAssignableFrom(type)
                ? (IServiceMaker)Activator.CreateInstance(type, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DoNotWrapExceptions, null, null, null)!
                : throw new InvalidOperationException($"{type.Name} carries [Plugin], but is no {nameof(IServiceMaker)}: derive it from ServiceMaker<TOptions>");
        }
        catch (IOException e) when (e.InnerException is TacHostException missing)
        {
            throw new TacHostException(missing.ExitCode, $"the plugin '{Name}' ('{Path}') cannot be loaded. {missing.Message}", e);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Software, $"the plugin '{Name}' ('{Path}') is broken: its service maker {TypeName} cannot be made. {FailureText.Of(e)}", e);
        }
    }

    public static PluginCode Read(BinaryReader reader) => new(
        reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadList(CodeImage.Read), reader.ReadList());

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(TypeName);
        writer.Write(Path);
        writer.Write(Code.Count);
        foreach (var each in Code)
            each.Write(writer);
        writer.WriteList(Libraries);
    }
}
