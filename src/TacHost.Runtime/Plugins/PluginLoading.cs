using System.Reflection;
using TacHost.Loading;
using TacHost.Services;
using TacHost.Services.Plugins;

namespace TacHost.Plugins;

/// <summary>The way from the code of a plugin to its service maker.</summary>
internal static class PluginLoading
{
    /// <summary>Loads a plugin, apart from all else, and makes its service maker.</summary>
    /// <exception cref="TacHostException">The plugin cannot be loaded, or its constructor threw.</exception>
    public static IServiceMaker Load(PluginCode code, IReadOnlyList<string> directories, LoadPlace place)
    {
        try
        {
            var context = place.Create(code.Name, typeof(IService).Assembly, code.Libraries, [Path.GetDirectoryName(code.Path)!, .. directories]);
            var type = context.LoadMainOrShare(code.Code).GetType(code.TypeName, throwOnError: true)!;
            return typeof(IServiceMaker).IsAssignableFrom(type)
                ? (IServiceMaker)Activator.CreateInstance(type, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DoNotWrapExceptions, null, null, null)!
                : throw new InvalidOperationException($"{type.Name} has [Plugin], but is not an {nameof(IServiceMaker)}: derive it from ServiceMaker<TOptions>");
        }
        catch (IOException e) when (e.InnerException is TacHostException missing)
        {
            throw new TacHostException(missing.ExitCode, $"the plugin '{code.Name}' ('{code.Path}') cannot be loaded. {missing.Message}", e);
        }
        catch (Exception e)
        {
            throw new TacHostException(ExitCode.Software, $"the plugin '{code.Name}' ('{code.Path}') is broken: its service maker {code.TypeName} cannot be created. {FailureText.Of(e)}", e);
        }
    }
}
